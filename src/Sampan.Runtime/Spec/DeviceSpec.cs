using Sampan.Linux.Cgroups;

namespace Sampan.Runtime.Spec;

/// <summary>A device node to be made in the container.</summary>
/// <param name="Type"><c>c</c>, <c>b</c>, <c>u</c> or <c>p</c>.</param>
/// <param name="Mode">Permission bits.</param>
public sealed record DeviceSpec(string Path, char Type, uint Major, uint Minor, uint Mode = 0x1B6, uint Uid = 0, uint Gid = 0)
{
    /// <summary>Where the host has it, for where no node can be made; null for the same path.</summary>
    public string? HostPath { get; init; }

    /// <summary>What every container has, runtime-spec config-linux.md "Default Devices".</summary>
    public static IReadOnlyList<DeviceSpec> Defaults { get; } =
    [
        new("/dev/null", 'c', 1, 3), new("/dev/zero", 'c', 1, 5), new("/dev/full", 'c', 1, 7),
        new("/dev/random", 'c', 1, 8), new("/dev/urandom", 'c', 1, 9), new("/dev/tty", 'c', 5, 0),
    ];

    /// <summary>What the cgroup must allow for them: the nodes themselves, terminals, and making (not opening) any node.</summary>
    public static IReadOnlyList<DeviceRule> DefaultRules { get; } =
    [
        new(true, 'c', null, null, "m"), new(true, 'b', null, null, "m"),
        .. Defaults.Select(device => new DeviceRule(true, device.Type, device.Major, device.Minor, "rwm")),
        new(true, 'c', 5, 2, "rwm"),   // /dev/ptmx
        new(true, 'c', 136, null, "rwm"), // /dev/pts/N
    ];
}
