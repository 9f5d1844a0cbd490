using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Spec;

/// <summary>What a container is to be: the model of an OCI <c>config.json</c>, runtime-spec 1.3.</summary>
public sealed record ContainerSpec
{
    public string Version { get; init; } = "1.3.0";

    /// <summary>The root file system's directory, relative to the bundle; unused where the caller hands in a mount.</summary>
    public string RootPath { get; init; } = "rootfs";

    public bool RootReadOnly { get; init; }

    /// <summary>Null in a bundle that can be created but never started (runtime-spec, config.md, Process).</summary>
    public ProcessSpec? Process { get; init; }

    public string? Hostname { get; init; }

    public string? DomainName { get; init; }

    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];

    public IReadOnlyList<NamespaceSpec> Namespaces { get; init; } = [];

    public IReadOnlyList<IdMap> UidMappings { get; init; } = [];

    public IReadOnlyList<IdMap> GidMappings { get; init; } = [];

    public IReadOnlyList<DeviceSpec> Devices { get; init; } = [];

    public IReadOnlyList<string> MaskedPaths { get; init; } = [];

    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>Kernel parameters by their path below <c>/proc/sys</c>.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>For example <c>/sampan/ID</c>; null puts the container nowhere.</summary>
    public string? CgroupPath { get; init; }

    public CgroupResources? Resources { get; init; }

    /// <summary><c>shared</c>, <c>slave</c>, <c>private</c> or <c>unbindable</c>; null is private.</summary>
    public string? RootPropagation { get; init; }

    public HooksSpec Hooks { get; init; } = new();

    /// <summary>SELinux context of the file systems that are mounted.</summary>
    public string? MountLabel { get; init; }

    /// <summary>The mount option by which they get it, mount(8) "Mount options for SELinux".</summary>
    public string MountLabelOption { get; init; } = "context";

    /// <summary>Argument of personality(2).</summary>
    public uint? Personality { get; init; }

    public MemoryPolicy? MemoryPolicy { get; init; }

    public IReadOnlyList<TimeOffset> TimeOffsets { get; init; } = [];

    /// <summary>Network devices of the host that the container gets, with their names in there.</summary>
    public IReadOnlyDictionary<string, string> NetworkDevices { get; init; } = new Dictionary<string, string>();

    /// <summary>Cache and memory bandwidth; null leaves the process in its maker's class of service.</summary>
    public IntelRdtSpec? IntelRdt { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public bool Has(NamespaceKind kind) => Namespaces.Any(n => n.Kind == kind);

    /// <summary>A new namespace of this kind, not one joined by path.</summary>
    public bool Makes(NamespaceKind kind) => Namespaces.Any(n => n.Kind == kind && n.Path is null);

    /// <summary>Others in the container see its first process before that has executed the command, and the runtime's file through it.</summary>
    public bool SharesItsFirstProcess => !Makes(NamespaceKind.Pid) || Hooks.StartContainer.Count > 0;
}
