using Sampan.Linux.Events;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Runtime.Checkpoint;

/// <summary>CRIU as a helper of this process: <c>criu swrk N</c> takes requests on the socket that is its descriptor N.</summary>
internal sealed class CriuProcess : IDisposable
{
    private const int SocketNumber = 3;
    private const int MessageBytesMax = 64 * 1024;
    private const int OutputShownMax = 16 * 1024;

    private readonly string _program;
    private readonly Fd _socket;
    private readonly Fd _output;
    private readonly Child _child;

    private CriuProcess(string program, Fd socket, Fd output, Child child)
    {
        _program = program;
        _socket = socket;
        _output = output;
        _child = child;
    }

    public int Pid => _child.ProcessId;

    /// <param name="program">A name in PATH, or a path.</param>
    /// <param name="terminal">Gets this process's standard input, which is the terminal of a shell's job.</param>
    /// <param name="descriptors">More that it has, by their numbers there, from 4 on.</param>
    /// <exception cref="CriuException">There is no such program.</exception>
    public static CriuProcess Start(string program, bool terminal, IReadOnlyDictionary<int, Fd> descriptors)
    {
        string path = (program.Contains('/') ? File.Exists(program) ? Path.GetFullPath(program) : null : ProgramPath.Find(program))
            ?? throw new CriuException($"{program}: executable file not found in $PATH; hint: install criu, or name it by --criu");
        (Fd near, Fd far) = PacketSocket.Pair();
        Fd output = MemoryFile.Create("criu output", []);
        using Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadWrite);
        try
        {
            Dictionary<int, Fd> all = new(descriptors) { [0] = terminal ? Fd.StandardInput : nothing, [1] = output, [2] = output, [SocketNumber] = far };
            Child child = Spawn.Start(path, [path, "swrk", $"{SocketNumber}"], Variables(), all);
            return new CriuProcess(program, near, output, child);
        }
        catch
        {
            near.Dispose();
            output.Dispose();
            throw;
        }
        finally
        {
            far.Dispose();
        }
    }

    /// <summary>What CRIU can do with this kernel.</summary>
    public (bool MemoryTracking, bool LazyPages) Features()
    {
        WireWriter wanted = new WireWriter().Flag(1, true).Flag(2, true);
        PacketSocket.Send(_socket, new WireWriter().Number(1, (int)CriuRequest.FeatureCheck).Flag(4, true).Message(5, wanted).ToArray());
        WireReader answer = Receive(out _, "");
        WireReader? features = answer.Message(8);
        return (features?.Flag(1) == true, features?.Flag(2) == true);
    }

    /// <summary>Has it done, and waits.</summary>
    /// <param name="log">The path of the log that CRIU writes.</param>
    /// <param name="noticed">Called while CRIU waits, and owns the descriptor; what it throws ends the work.</param>
    /// <exception cref="CriuException">It failed.</exception>
    public void Do(CriuRequest request, CriuOptions options, string log, Action<CriuNotice> noticed)
    {
        Send(new WireWriter().Number(1, (int)request).Message(2, options.Fields), log);
        while (true)
        {
            WireReader answer = Receive(out Fd? descriptor, log);
            CriuRequest type = (CriuRequest)(answer.Number(1) ?? 0);
            if (type == CriuRequest.Notify)
            {
                WireReader? notice = answer.Message(5);
                noticed(new CriuNotice(notice?.Text(1) ?? "", (int)(notice?.Number(2) ?? 0), descriptor));
                Send(new WireWriter().Number(1, (int)CriuRequest.Notify).Flag(3, true), log);
                continue;
            }
            if (answer.Flag(2)) return;
            throw Failed(log, answer.Text(9) ?? (answer.Number(7) is > 0 and { } errno ? ((Errno)errno).Describe() : null));
        }
    }

    /// <summary>Lets go of it: it ends when nobody is at the other end.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _child.Wait();
        _output.Dispose();
    }

    private static string[] Variables() => [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(one => $"{one.Key}={one.Value}")];

    private void Send(WireWriter message, string log)
    {
        try
        {
            PacketSocket.Send(_socket, message.ToArray());
        }
        catch (SyscallException error) when (error.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            throw Failed(log, null);
        }
    }

    private WireReader Receive(out Fd? descriptor, string log)
    {
        byte[] buffer = new byte[MessageBytesMax];
        int count = PacketSocket.Receive(_socket, buffer, out descriptor);
        return count == 0 ? throw Failed(log, null) : new WireReader(buffer.AsSpan(0, count));
    }

    private CriuException Failed(string log, string? said)
    {
        string? reason = CriuLog.Reason(File.Exists(log) ? File.ReadAllText(log) : "")
            ?? CriuLog.Reason(System.Text.Encoding.UTF8.GetString(MemoryFile.Head(_output, OutputShownMax)));
        string where = File.Exists(log) ? $" (log file: {log})" : "";
        return new CriuException($"{_program}: {reason ?? said ?? "it ended without an answer"}{where}");
    }
}
