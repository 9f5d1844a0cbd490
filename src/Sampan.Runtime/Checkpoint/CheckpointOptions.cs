namespace Sampan.Runtime.Checkpoint;

/// <summary>Flags of <c>checkpoint</c> and <c>restore</c>; most are CRIU's, criu(8).</summary>
public sealed record CheckpointOptions
{
    /// <summary>The program, a name in PATH or a path.</summary>
    public string Program { get; init; } = "criu";

    /// <summary>Where the saved container is.</summary>
    public required string ImagesPath { get; init; }

    /// <summary>Where CRIU writes its log; null is the images' place.</summary>
    public string? WorkPath { get; init; }

    /// <summary>An earlier <see cref="PreDump"/>, relative to <see cref="ImagesPath"/>.</summary>
    public string? ParentPath { get; init; }

    public bool LeaveRunning { get; init; }

    public bool PreDump { get; init; }

    public bool TcpEstablished { get; init; }

    public bool TcpSkipInFlight { get; init; }

    public bool LinkRemap { get; init; }

    public bool ExternalUnixSockets { get; init; }

    public bool ShellJob { get; init; }

    public bool FileLocks { get; init; }

    public bool LazyPages { get; init; }

    public bool AutoDeduplicate { get; init; }

    public CgroupsMode? CgroupsMode { get; init; }

    /// <summary>The content of the network namespace is not saved; somebody else fills the new one.</summary>
    public bool EmptyNetwork { get; init; }

    public (string Address, int Port)? PageServer { get; init; }

    /// <summary>A descriptor of this process that gets a byte when lazy pages can be fetched.</summary>
    public int? StatusDescriptor { get; init; }

    public string? LsmProfile { get; init; }

    public string? LsmMountContext { get; init; }
}
