namespace Sampan.Engine.Exec;

/// <summary>What the user asked of <c>sampan exec</c>.</summary>
public sealed record ExecOptions
{
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary><c>NAME=value</c>, added to the container's own.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public bool Interactive { get; init; }

    public bool Terminal { get; init; }

    public bool Privileged { get; init; }

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }
}
