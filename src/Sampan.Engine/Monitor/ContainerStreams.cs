using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>The monitor's ends of a container's input and output.</summary>
/// <param name="Input">Null where the container was given no input.</param>
/// <param name="Output">The standard output, or the terminal.</param>
/// <param name="ErrorOutput">Null with a terminal.</param>
public sealed record ContainerStreams(Fd? Input, Fd Output, Fd? ErrorOutput, bool IsTerminal) : IDisposable
{
    /// <summary>The streams of a container with a terminal, whose one descriptor is for both directions.</summary>
    public static ContainerStreams OfTerminal(Fd console)
    {
        Streams.SetNonBlocking(console);
        return new ContainerStreams(console, console, null, IsTerminal: true);
    }

    public void Dispose()
    {
        Input?.Dispose();
        Output.Dispose();
        ErrorOutput?.Dispose();
    }
}
