using Sampan.Linux.Capabilities;
using Sampan.Linux.Cgroups;

namespace Sampan.Runtime.Plan;

/// <summary>Numbers of the descriptors that a plan refers to; the child has copies of all of them.</summary>
public sealed record StartContext
{
    /// <summary>The detached mount of the root file system.</summary>
    public int Root { get; init; } = -1;

    /// <summary>It is a directory's descriptor, and the child makes the mount of it: an ordinary user may do so in the container's user namespace only.</summary>
    public bool ClonesRoot { get; init; }

    /// <summary>For a joining process: the parent may not enter the container's pid namespace, as an ordinary user who made the container.</summary>
    public bool JoinsAsUser { get; init; }

    /// <summary>Where reports go and permission to go on comes from.</summary>
    public int Channel { get; init; } = -1;

    /// <summary>The other end of it, which the child must not keep, or -1.</summary>
    public int ParentsEnd { get; init; } = -1;

    /// <summary>A directory of the host over which the root is attached, in the child's mount namespace only.</summary>
    public string Staging { get; init; } = "";

    public int StandardInput { get; init; }

    public int StandardOutput { get; init; } = 1;

    public int StandardError { get; init; } = 2;

    /// <summary>Those among 0, 1 and 2 that are the host's null device.</summary>
    public IReadOnlyList<int> NullStreams { get; init; } = [];

    /// <summary>Both fifos of a container that is created now and started later, or -1.</summary>
    public int StartFifo { get; init; } = -1;

    public int ReportFifo { get; init; } = -1;

    /// <summary>How many descriptors from 3 on the process keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>Device nodes can not be made here (inside a user namespace): show those of the host.</summary>
    public bool BindDevices { get; init; }

    /// <summary>A procfs that belongs to this program alone, for what is written there; -1 when nothing is.</summary>
    public int Procfs { get; init; } = -1;

    /// <summary>Trees that the parent has made, by their mount's index in the configuration.</summary>
    public IReadOnlyDictionary<int, int> Trees { get; init; } = new Dictionary<int, int>();

    /// <summary>Capabilities that can be given; null knows no limit.</summary>
    public CapabilitySet? Available { get; init; }

    /// <summary>The process keeps the caller's session keyring.</summary>
    public bool KeepKeyring { get; init; }

    /// <summary>The root is moved over the host's instead of being pivoted into; then these mounts of the host are taken away before.</summary>
    public IReadOnlyList<string>? HiddenBeforeMove { get; init; }

    /// <summary>Of the cgroup's v1 hierarchies; the v2 one is entered by the clone itself.</summary>
    public IReadOnlyList<CgroupTasks> CgroupTasks { get; init; } = [];

    /// <summary>The host moves the child into its cgroup.</summary>
    public bool AwaitsCgroup { get; init; }

    public IReadOnlyList<JoinedNamespace> Joined { get; init; } = [];

    /// <summary>The hierarchies to be shown in the container; none means one of version 2, where nothing is known of the host.</summary>
    public IReadOnlyList<CgroupHierarchy> Cgroups { get; init; } = [];

    /// <summary>Where the container's cgroup is in each of them; needed without a cgroup namespace, which makes it the root.</summary>
    public string? CgroupPath { get; init; }
}
