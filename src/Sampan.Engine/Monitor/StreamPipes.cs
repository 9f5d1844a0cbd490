using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>Pipes for a container without a terminal: its ends, which the monitor closes when it has started, and the
/// monitor's.</summary>
public sealed class StreamPipes : IDisposable
{
    private StreamPipes(Fd input, Fd output, Fd errorOutput, ContainerStreams monitorEnds)
    {
        Input = input;
        Output = output;
        ErrorOutput = errorOutput;
        MonitorEnds = monitorEnds;
    }

    public Fd Input { get; }

    public Fd Output { get; }

    public Fd ErrorOutput { get; }

    /// <summary>The monitor's ends, non-blocking; not disposed with this.</summary>
    public ContainerStreams MonitorEnds { get; }

    /// <param name="interactive">A pipe as standard input, else /dev/null.</param>
    public static StreamPipes Open(bool interactive)
    {
        (Fd read, Fd write) output = Streams.Pipe();
        (Fd read, Fd write) error = Streams.Pipe();
        Fd input;
        Fd? feed = null;
        if (interactive) (input, feed) = Streams.Pipe();
        else input = Paths.Open("/dev/null", OpenFlags.ReadOnly);
        Streams.SetNonBlocking(output.read);
        Streams.SetNonBlocking(error.read);
        if (feed is not null) Streams.SetNonBlocking(feed);
        return new StreamPipes(input, output.write, error.write, new ContainerStreams(feed, output.read, error.read, IsTerminal: false));
    }

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        ErrorOutput.Dispose();
    }
}
