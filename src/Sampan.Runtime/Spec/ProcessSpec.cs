using Sampan.Linux.Seccomp;

namespace Sampan.Runtime.Spec;

/// <summary>The process of a container, runtime-spec config.md "Process".</summary>
public sealed record ProcessSpec
{
    public required IReadOnlyList<string> Arguments { get; init; }

    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Absolute, inside the container.</summary>
    public string WorkingDirectory { get; init; } = "/";

    public UserSpec User { get; init; } = new();

    public bool Terminal { get; init; }

    /// <summary>Rows and columns of the terminal; zero leaves it as it is.</summary>
    public (ushort Rows, ushort Columns) ConsoleSize { get; init; }

    /// <summary>Null keeps the caller's capabilities.</summary>
    public CapabilitySets? Capabilities { get; init; }

    public IReadOnlyList<ResourceLimit> ResourceLimits { get; init; } = [];

    public bool NoNewPrivileges { get; init; }

    public int? OomScoreAdjustment { get; init; }

    public SeccompProfile? Seccomp { get; init; }

    /// <summary>Where the descriptor of a filter that notifies goes; null when no rule notifies.</summary>
    public SeccompListener? SeccompListener { get; init; }

    public SchedulerSpec? Scheduler { get; init; }

    public IoPriority? IoPriority { get; init; }

    /// <summary>Bit n is CPU n: where the process runs until it is in its cgroup, and from then on; for exec only.</summary>
    public ulong[]? InitialCpus { get; init; }

    public ulong[]? FinalCpus { get; init; }

    /// <summary>The profile that the exec changes to; null leaves the caller's.</summary>
    public string? AppArmorProfile { get; init; }

    public string? SelinuxLabel { get; init; }

    /// <summary>The process keeps its maker's supplementary groups, also those that its user namespace has no number for.</summary>
    public bool KeepsGroups { get; init; }

    /// <summary>Process 1 is a small init that reaps and passes signals on; the command is its child.</summary>
    public bool Init { get; init; }

    /// <summary>The process is killed when the process that made it ends: for containers that do not outlive their monitor.</summary>
    public bool DiesWithParent { get; init; }
}
