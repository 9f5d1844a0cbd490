using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Runtime.Systemd;

/// <summary>
/// A connection to systemd's own socket, without a bus between: org.freedesktop.systemd1(5). Root talks to the manager of the
/// machine, an ordinary user to his own.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private const string ManagerPath = "/org/freedesktop/systemd1";
    private const string ManagerInterface = "org.freedesktop.systemd1.Manager";
    private const int TimeoutMs = 30_000;

    private readonly Fd _socket;
    private readonly List<BusMessage> _signals = [];
    private uint _serial;

    private ServiceManager(Fd socket) => _socket = socket;

    /// <exception cref="IOException">This machine, or this user, has no systemd.</exception>
    public static ServiceManager Connect()
    {
        string directory = Directory();
        try
        {
            ServiceManager manager = new(UnixSocket.Connect(directory, "private"));
            manager.Authenticate();
            return manager;
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ECONNREFUSED or Errno.EACCES or Errno.ENOTDIR)
        {
            throw new IOException($"the systemd cgroup driver: {directory}/private: {e.Errno.Describe()}; hint: systemd does not run here", e);
        }
    }

    /// <summary>Calls a method of the manager that starts a job, and waits for the job's end.</summary>
    /// <param name="unit">For errors.</param>
    public void RunJob(string member, string unit, string signature, Action<BusWriter> arguments)
    {
        string job = CallMethod(member, unit, signature, arguments).Texts[0];
        while (true)
        {
            BusMessage signal = NextSignal();
            // JobRemoved: number, job, unit, result
            if (signal.Member != "JobRemoved" || signal.Texts.Count < 3 || signal.Texts[0] != job) continue;
            if (signal.Texts[2] != "done") throw new IOException($"systemd: {member} {unit}: the job ended as {signal.Texts[2]}");
            return;
        }
    }

    public BusMessage CallMethod(string member, string unit, string signature, Action<BusWriter> arguments)
    {
        uint serial = ++_serial;
        Streams.WriteAll(_socket, BusMessage.MethodCall(serial, ManagerPath, ManagerInterface, member, signature, arguments));
        while (true)
        {
            BusMessage message = Receive();
            if (message.Type == BusMessage.Signal) _signals.Add(message);
            else if (message.ReplyTo == serial)
                return message.Type == BusMessage.Return ? message
                    : throw new IOException($"systemd: {member} {unit}: {message.Texts.FirstOrDefault(message.ErrorName)}");
        }
    }

    public void Dispose() => _socket.Dispose();

    private static string Directory() => Caller.Uid == 0 ? "/run/systemd"
        : $"{Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? $"/run/user/{Caller.Uid}"}/systemd";

    // SASL without a name: who we are, the other end sees by SO_PEERCRED
    private void Authenticate()
    {
        Streams.WriteAll(_socket, "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"u8);
        StringBuilder line = new();
        byte[] one = new byte[1];
        while (true)
        {
            Fill(one);
            if (one[0] != '\n')
            {
                line.Append((char)one[0]);
                continue;
            }

            if (line.ToString().StartsWith("OK ", StringComparison.Ordinal)) return;
            if (!line.ToString().StartsWith("DATA", StringComparison.Ordinal)) throw new IOException($"systemd: does not let this user in: {line.ToString().Trim()}");
            line.Clear();
        }
    }

    private BusMessage NextSignal()
    {
        if (_signals.Count == 0) return Receive();
        BusMessage first = _signals[0];
        _signals.RemoveAt(0);
        return first;
    }

    private BusMessage Receive()
    {
        byte[] start = new byte[16];
        Fill(start);
        byte[] message = new byte[BusMessage.Size(start)];
        start.CopyTo(message, 0);
        Fill(message.AsSpan(16));
        return BusMessage.Parse(message);
    }

    private void Fill(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (!Streams.Wait(_socket, EpollEvents.Readable, TimeoutMs)) throw new IOException("systemd: does not answer");
            int got = Streams.Read(_socket, buffer);
            if (got == 0) throw new IOException("systemd: has closed the connection");
            if (got > 0) buffer = buffer[got..];
        }
    }
}
