using System.Text;
using Sampan.Engine.Logs;
using Sampan.Engine.Monitor;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Linux.Terminals;

namespace Sampan.Tests.Engine;

public sealed class MonitorLoopTests : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [Fact]
    public void Output_reaches_log_and_client_and_the_exit_code_is_the_process_own()
    {
        (int code, string output, string errors) = Run("echo out; echo err >&2; exit 7", input: null);

        Assert.Equal((7, "out\n", "err\n"), (code, output, errors));
        Assert.Equal(["err\n", "out\n"], LogReader.Read(_log).Select(e => e.Text).Order());
    }

    [Fact]
    public void Input_reaches_the_process_and_its_end_too()
    {
        (int code, string output, _) = Run("cat; echo done", input: new string('x', 300_000));

        Assert.Equal((0, 300_005), (code, output.Length));
    }

    [Fact]
    public void A_stop_kills_a_process_that_ignores_it()
    {
        (int code, _, _) = Run("trap '' TERM; echo ready; while :; do sleep 0.05; done", input: null, stopAfterMs: 200);

        Assert.Equal(128 + 9, code);
    }

    [Fact]
    public void A_terminal_has_the_size_it_was_given()
    {
        using PseudoTerminal terminal = PseudoTerminal.Open();
        Terminal.Resize(terminal.Master, new WindowSize(33, 99));

        Assert.Equal(new WindowSize(33, 99), Terminal.TryGetSize(terminal.Slave));
        using RawMode raw = RawMode.TryEnter(terminal.Slave)!;
        Assert.NotNull(raw);
        using Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadOnly);
        Assert.Null(Terminal.TryGetSize(nothing));
    }

    private (int Code, string Output, string Errors) Run(string script, string? input, int? stopAfterMs = null)
    {
        using StreamPipes pipes = StreamPipes.Open(interactive: input is not null);
        Dictionary<int, Fd> descriptors = new() { [0] = pipes.Input, [1] = pipes.Output, [2] = pipes.ErrorOutput };
        Child child = Spawn.Start("/bin/sh", ["sh", "-c", script], ["PATH=/bin:/usr/bin"], descriptors);
        pipes.Dispose();
        using Fd process = PidFd.Open(child.ProcessId);
        (Fd near, Fd far) = UnixSocket.Pair();
        ByteQueue attach = new();
        Frame.Append(attach, FrameType.Attach, [(byte)(AttachFlags.Output | AttachFlags.Paces)]);
        Streams.WriteAll(near, attach.Front);
        using LogWriter log = new(_log);
        using MonitorLoop loop = new(pipes.MonitorEnds, process, new StopTimer(SignalNumber.Terminate), log, signals: null, listener: null, far);
        loop.HandleFirstRequests();
        Task<(string, string)> client = Task.Run(() => Talk(near, input, stopAfterMs));

        int code = loop.Run();
        loop.Clients.Tell(FrameType.Exited, code);
        loop.Clients.Finish();
        (string output, string errors) = client.GetAwaiter().GetResult();
        return (code, output, errors);
    }

    private static void Stop(Fd socket, int ms)
    {
        ByteQueue request = new();
        Frame.Append(request, FrameType.Stop, 0, ms);
        Streams.WriteAll(socket, request.Front);
    }

    private static (string Output, string Errors) Talk(Fd socket, string? input, int? stopAfterMs)
    {
        ByteQueue requests = new();
        if (input is not null)
        {
            Frame.Append(requests, FrameType.Input, Encoding.UTF8.GetBytes(input));
            Frame.Append(requests, FrameType.InputEnd, []);
        }

        Task writing = Task.Run(() => Streams.WriteAll(socket, requests.Front));
        StringBuilder output = new(), errors = new();
        ByteQueue received = new();
        byte[] buffer = new byte[4096];
        while (Streams.Read(socket, buffer) is > 0 and int count)
        {
            received.Append(buffer.AsSpan(0, count));
            while (Frame.TryPeek(received, out FrameType type, out ReadOnlySpan<byte> payload, out int size))
            {
                if (type == FrameType.Output) output.Append(Encoding.UTF8.GetString(payload));
                if (type == FrameType.Output && stopAfterMs is { } ms) Stop(socket, ms); // not before the process says that it ignores it
                if (type == FrameType.ErrorOutput) errors.Append(Encoding.UTF8.GetString(payload));
                received.Consume(size);
            }
        }

        writing.GetAwaiter().GetResult();
        socket.Dispose();
        return (output.ToString(), errors.ToString());
    }
}
