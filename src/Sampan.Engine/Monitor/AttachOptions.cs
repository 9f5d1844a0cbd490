using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>What a client connects to its container.</summary>
public sealed record AttachOptions
{
    public Fd Input { get; init; } = Fd.StandardInput;

    public Fd Output { get; init; } = Fd.StandardOutput;

    public Fd ErrorOutput { get; init; } = Fd.StandardError;

    /// <summary>The client's input goes to the container.</summary>
    public bool Interactive { get; init; }

    /// <summary>The container has a terminal; the client's own becomes raw while it is attached.</summary>
    public bool Terminal { get; init; }

    /// <summary>Signals to the client go to the container (only without a terminal).</summary>
    public bool PassSignals { get; init; } = true;

    /// <summary>The container waits for this client when it does not read.</summary>
    public bool Paces { get; init; } = true;
}
