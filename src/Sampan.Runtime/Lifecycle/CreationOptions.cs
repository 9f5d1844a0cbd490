namespace Sampan.Runtime.Lifecycle;

/// <summary>Flags of <c>create</c> and <c>run</c>.</summary>
public sealed record CreationOptions
{
    public string? PidFile { get; init; }

    public int PreservedDescriptors { get; init; }

    /// <summary>Leave the process in the caller's cgroup.</summary>
    public bool WithoutCgroups { get; init; }

    /// <summary>Have systemd make the cgroup, as a transient scope.</summary>
    public bool SystemdCgroup { get; init; }
}
