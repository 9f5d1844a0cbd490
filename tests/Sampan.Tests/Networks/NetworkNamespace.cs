using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sampan.Linux.Files;

namespace Sampan.Tests.Networks;

/// <summary>A fresh network namespace with a thread that lives in it; programs started there inherit it.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public NetworkNamespace()
    {
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
        Run(() =>
        {
            if (unshare(CloneNewNet) < 0) throw new InvalidOperationException("unshare(CLONE_NEWNET)");
            Path = $"/proc/{File.ResolveLinkTarget("/proc/thread-self", false)!.FullName["/proc/".Length..]}/ns/net";
            Fd = Paths.Open("/proc/thread-self/ns/net", OpenFlags.ReadOnly);
            Shell("ip link set lo up");
        });
    }

    public Fd Fd { get; private set; } = null!;

    public string Path { get; private set; } = "";

    /// <summary>Moves this thread into another namespace.</summary>
    public void Enter(Fd other) => Run(() =>
    {
        if (setns(other.Number, CloneNewNet) < 0) throw new InvalidOperationException("setns(CLONE_NEWNET)");
    });

    public void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    public T Run<T>(Func<T> action)
    {
        using ManualResetEventSlim done = new();
        T result = default!;
        ExceptionDispatchInfo? error = null;
        _work.Add(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
            done.Set();
        });
        done.Wait();
        error?.Throw();
        return result;
    }

    /// <summary>What a command prints in here; it must succeed.</summary>
    public string Sh(string command) => Run(() => Shell(command));

    public bool Succeeds(string command) => Run(() => TryShell(command, out _));

    public JsonElement Json(string command) => JsonDocument.Parse(Sh(command)).RootElement;

    /// <summary>A TCP service in here that tells each caller its address, until disposed.</summary>
    public IDisposable Serve(IPAddress address, int port)
    {
        Socket listener = Run(() =>
        {
            Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(16);
            return socket;
        });
        Thread thread = new(() =>
        {
            try
            {
                while (true)
                {
                    using Socket caller = listener.Accept();
                    caller.Send(System.Text.Encoding.ASCII.GetBytes(((IPEndPoint)caller.RemoteEndPoint!).Address.ToString()));
                }
            }
            catch (SocketException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        })
        { IsBackground = true };
        thread.Start();
        return listener;
    }

    /// <summary>What a <see cref="Serve"/> at that address says (the caller's address as it sees it), or null. It waits for
    /// two retransmissions of TCP: on a busy machine the first packet may come before a link's neighbour discovery is ready.</summary>
    public string? Call(string address, int port) => Run(() =>
    {
        IPAddress to = IPAddress.Parse(address);
        using Socket socket = new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(to, port);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        catch (SocketException)
        {
            return null;
        }
        if (!socket.Poll(3_500_000, SelectMode.SelectRead)) return null;
        try
        {
            byte[] bytes = new byte[64];
            int length = socket.Receive(bytes);
            return length == 0 ? null : System.Text.Encoding.ASCII.GetString(bytes, 0, length);
        }
        catch (SocketException)
        {
            return null;
        }
    });

    public void Dispose()
    {
        Fd.Dispose();
        _work.CompleteAdding();
        _thread.Join();
    }

    private static string Shell(string command) =>
        TryShell(command, out string output) ? output : throw new InvalidOperationException($"{command}: {output}");

    private static bool TryShell(string command, out string output)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command + " 2>&1"]) { RedirectStandardOutput = true })!;
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private void Work()
    {
        // the thread ends with its namespace: it is never given back to a pool
        foreach (Action action in _work.GetConsumingEnumerable()) action();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);
}
