namespace Sampan.Linux.Cgroups;

/// <summary>One mounted tree of cgroups.</summary>
/// <param name="Root">Its mount point.</param>
/// <param name="Options">What a mount of it takes, as /proc/PID/cgroup writes it: <c>cpu,cpuacct</c>, <c>name=systemd</c>, or empty for version 2.</param>
public sealed record CgroupHierarchy(string Root, string Options)
{
    public bool IsV2 => Options.Length == 0;

    /// <summary>Of version 1; a named hierarchy is its own only one.</summary>
    public IReadOnlyList<string> Controllers { get; } = Options.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The name of its directory in <c>/sys/fs/cgroup</c>, where they stand side by side.</summary>
    public string DirectoryName => IsV2 ? "unified" : Options.StartsWith("name=", StringComparison.Ordinal) ? Options["name=".Length..] : Options;
}
