using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Spec;

/// <summary>Reads the smaller members of <c>linux</c>, runtime-spec config-linux.md.</summary>
internal static class LinuxReader
{
    private const int InterfaceNameMax = 15;

    // of those only whole trees belong to the ipc namespace
    private static readonly string[] IpcSysctls =
        ["kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/shm_rmid_forced"];

    /// <summary>Kernel parameters by their path below /proc/sys. One that is not of a namespace of the container would change the host.</summary>
    public static IReadOnlyDictionary<string, string> Sysctls(SpecNode node, IReadOnlyList<NamespaceSpec> namespaces)
    {
        Dictionary<string, string> paths = [];
        foreach ((string key, string path) in node.Map(static value => value.Path["linux.sysctl.".Length..]))
        {
            SpecNode value = node[key];
            string text = value.Text() ?? throw value.Error("is null");
            string file = SysctlPath(path);
            if (file.Split('/').Any(static part => part is "" or "." or "..")) throw value.Error("is not the name of a kernel parameter");
            (NamespaceKind owner, string name) = IpcSysctls.Contains(file) || file.StartsWith("fs/mqueue/", StringComparison.Ordinal) ? (NamespaceKind.Ipc, "ipc")
                : file.StartsWith("net/", StringComparison.Ordinal) ? (NamespaceKind.Network, "network")
                : file == "kernel/domainname" ? (NamespaceKind.Uts, "uts")
                : file == "kernel/hostname" ? throw value.Error("is not set this way: use hostname")
                : file.StartsWith("user/", StringComparison.Ordinal) ? (NamespaceKind.User, "user")
                : throw value.Error("is not in a namespace: it would change the host");
            if (!namespaces.Any(n => n.Kind == owner)) throw value.Error($"needs a {name} namespace: else it would change the host");
            paths[file] = text;
        }
        return paths;
    }

    public static string? Propagation(SpecNode node) => node.Text() is not { Length: > 0 } text ? null
        : text is "shared" or "slave" or "private" or "unbindable" or "rshared" or "rslave" or "rprivate" or "runbindable" ? text
        : throw node.Error($"is {text}, not shared, slave, private or unbindable");

    public static uint Personality(SpecNode node)
    {
        uint domain = node["domain"].Choice<uint>("LINUX or LINUX32", static name => name switch { "LINUX" => 0, "LINUX32" => 8, _ => null });
        IReadOnlyList<string> flags = node["flags"].Texts();
        return flags.Count == 0 ? domain : throw node["flags"].Error($"has {flags[0]}: no flag is defined for Linux");
    }

    public static MemoryPolicy MemoryPolicy(SpecNode node)
    {
        uint mode = node["mode"].Choice<uint>("a memory policy", static name => name switch
        {
            "MPOL_DEFAULT" => 0,
            "MPOL_PREFERRED" => 1,
            "MPOL_BIND" => 2,
            "MPOL_INTERLEAVE" => 3,
            "MPOL_LOCAL" => 4,
            "MPOL_PREFERRED_MANY" => 5,
            "MPOL_WEIGHTED_INTERLEAVE" => 6,
            _ => null,
        });
        foreach (uint flag in node["flags"].List(static flag => flag.Choice<uint>("a flag of memory policies", static name => name switch
        {
            "MPOL_F_NUMA_BALANCING" => 1u << 13,
            "MPOL_F_RELATIVE_NODES" => 1u << 14,
            "MPOL_F_STATIC_NODES" => 1u << 15,
            _ => null,
        }))) mode |= flag;
        string nodes = node["nodes"].Text() ?? "";
        return new MemoryPolicy(node["mode"].Text()!, mode, nodes.Length == 0 ? []
            : NumberList.Parse(nodes) ?? throw node["nodes"].Error($"is {nodes}, not a list of nodes such as 0-3,7"));
    }

    public static IReadOnlyList<TimeOffset> TimeOffsets(SpecNode node) => [.. node.Map(static offset => new TimeOffset(
        offset.Path["linux.timeOffsets.".Length..] is "monotonic" or "boottime" ? offset.Path["linux.timeOffsets.".Length..] : throw offset.Error("is not monotonic or boottime"),
        offset["secs"].Integer() ?? 0,
        (uint)(offset["nanosecs"].Integer(0, 999_999_999) ?? 0))).Values];

    public static IReadOnlyDictionary<string, string> NetworkDevices(SpecNode node)
    {
        IReadOnlyDictionary<string, string> devices = node.Map(static device =>
        {
            string name = Interface(device, device.Path["linux.netDevices.".Length..], template: false);
            return device["name"].Text() is { Length: > 0 } inside ? Interface(device["name"], inside, template: true) : name;
        });
        foreach (IGrouping<string, KeyValuePair<string, string>> same in devices.GroupBy(static d => d.Value).Where(static d => d.Count() > 1 && !d.Key.Contains('%')))
            throw node[same.Last().Key]["name"].Error($"is {same.Key} for a second time");
        return devices;
    }

    // dots separate, unless a slash comes first, sysctl(8); then dots are part of a name: net/ipv4/conf/eth0.1/forwarding
    private static string SysctlPath(string key)
    {
        int first = key.AsSpan().IndexOfAny('.', '/');
        return first < 0 || key[first] == '/' ? key
            : string.Create(key.Length, key, static (path, from) =>
            {
                for (int i = 0; i < from.Length; i++) path[i] = from[i] switch { '.' => '/', '/' => '.', char c => c };
            });
    }

    // dev_valid_name of the kernel; in a template one %d stands for the first free number
    private static string Interface(SpecNode node, string name, bool template)
    {
        bool valid = name.Length is > 0 and <= InterfaceNameMax && name is not ("." or "..") && !name.Any(static c => char.IsWhiteSpace(c) || c is '/' or ':' or > '~');
        if (template && valid && name.Contains('%')) valid = name.Split('%').Length == 2 && name.Contains("%d", StringComparison.Ordinal);
        return valid ? name : throw node.Error($"is {name}, not the name of a network device");
    }
}
