using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Spec;

/// <summary>One mount, runtime-spec config.md "Mounts".</summary>
/// <param name="Destination">Absolute path inside the container.</param>
/// <param name="Type">A file system's name, or <c>bind</c>.</param>
/// <param name="Source">A host path for binds, else what /proc/mounts is to show.</param>
/// <param name="Options">As in mount(8).</param>
public sealed record MountSpec(string Destination, string? Type, string? Source, IReadOnlyList<string> Options)
{
    /// <summary>Maps ids of the source's file system to those seen through this mount; empty takes the container's own maps.</summary>
    public IReadOnlyList<IdMap> UidMappings { get; init; } = [];

    public IReadOnlyList<IdMap> GidMappings { get; init; } = [];

    public bool IsIdMapped => UidMappings.Count > 0 || Options.Contains("idmap") || Options.Contains("ridmap");

    public bool IsBind => Type == "bind" || Options.Contains("bind") || Options.Contains("rbind");

    /// <summary>A tmpfs that begins with a copy of what it hides, crun's and runc's <c>tmpcopyup</c>.</summary>
    public bool CopiesUp => Options.Contains("tmpcopyup");

    /// <summary>A bind's files belong inside to whom they belong on the disk, although the container has other ids.</summary>
    public bool IdMapped { get; init; }
}
