using Sampan.Linux.Cgroups;

namespace Sampan.Runtime.Spec;

/// <summary>Reads <c>linux.resources</c>, runtime-spec config-linux.md "Control groups".</summary>
internal static class ResourcesReader
{
    public static CgroupResources Read(SpecNode resources)
    {
        SpecNode memory = resources["memory"];
        SpecNode cpu = resources["cpu"];
        SpecNode block = resources["blockIO"];
        return new CgroupResources
        {
            MemoryLimitBytes = memory["limit"].Integer(-1),
            MemorySwapBytes = memory["swap"].Integer(-1),
            MemoryReservationBytes = memory["reservation"].Integer(-1),
            // memory.kernel is obsolete: the kernel has no such limit any more, and runc passes it over too
            MemoryKernelTcpBytes = memory["kernelTCP"].Integer(-1),
            MemorySwappiness = memory["swappiness"].Integer(0, 100) is { } swappiness ? (ulong)swappiness : null,
            DisableOomKiller = memory["disableOOMKiller"].Flag(),
            MemoryHierarchy = memory["useHierarchy"].Exists ? memory["useHierarchy"].Flag() : null,
            CheckBeforeUpdate = memory["checkBeforeUpdate"].Flag(),
            CpuShares = cpu["shares"].Unsigned(),
            CpuQuotaUs = cpu["quota"].Integer(),
            CpuBurstUs = cpu["burst"].Unsigned(),
            CpuPeriodUs = cpu["period"].Unsigned(),
            CpuRealtimeRuntimeUs = cpu["realtimeRuntime"].Integer(),
            CpuRealtimePeriodUs = cpu["realtimePeriod"].Unsigned(),
            CpuIdle = cpu["idle"].Integer(0, 1),
            CpusetCpus = Cpuset(cpu["cpus"]),
            CpusetMems = Cpuset(cpu["mems"]),
            PidsLimit = resources["pids"]["limit"].Integer(-1),
            BlkioWeight = Weight(block["weight"]),
            BlkioLeafWeight = Weight(block["leafWeight"]),
            BlkioDeviceWeights = block["weightDevice"].List(DeviceWeight),
            BlkioThrottles =
            [
                .. block["throttleReadBpsDevice"].List(static one => Throttle(one, ThrottleKind.ReadBytes)),
                .. block["throttleWriteBpsDevice"].List(static one => Throttle(one, ThrottleKind.WriteBytes)),
                .. block["throttleReadIOPSDevice"].List(static one => Throttle(one, ThrottleKind.ReadOperations)),
                .. block["throttleWriteIOPSDevice"].List(static one => Throttle(one, ThrottleKind.WriteOperations)),
            ],
            HugePageLimits = ByName(resources["hugepageLimits"].List(HugePages)),
            NetworkClassId = (uint?)resources["network"]["classID"].Integer(0, uint.MaxValue),
            NetworkPriorities = ByName(resources["network"]["priorities"].List(Priority)),
            RdmaLimits = resources["rdma"].Map(Rdma),
            Devices = WithDefaults(resources["devices"].List(Device)),
            Unified = resources["unified"].Map(value => Unified(value, resources["unified"])),
        };
    }

    // a deny-all of the configuration must not take away the devices that every container has
    private static IReadOnlyList<DeviceRule> WithDefaults(IReadOnlyList<DeviceRule> rules) =>
        rules.Count == 0 ? rules : [.. rules, .. DeviceSpec.DefaultRules];

    private static DeviceRule Device(SpecNode device)
    {
        string type = device["type"].Text() ?? "a";
        if (type is not ("a" or "b" or "c" or "")) throw device["type"].Error($"is {type}, not a, b or c");
        string access = device["access"].Text() ?? "rwm";
        if (access.Any(c => c is not ('r' or 'w' or 'm'))) throw device["access"].Error($"is {access}, not made of r, w and m");
        return new DeviceRule(device["allow"].RequiredFlag(), type.Length == 0 ? 'a' : type[0], Number(device["major"]), Number(device["minor"]), access);
    }

    private static DeviceWeight DeviceWeight(SpecNode device) =>
        new(Required(device["major"]), Required(device["minor"]), Weight(device["weight"]), Weight(device["leafWeight"]));

    private static ThrottledDevice Throttle(SpecNode device, ThrottleKind kind) =>
        new(kind, Required(device["major"]), Required(device["minor"]), device["rate"].Unsigned() ?? throw device["rate"].Error("is missing"));

    private static (string Size, ulong Bytes) HugePages(SpecNode limit)
    {
        SpecNode size = limit["pageSize"];
        string text = size.RequiredText();
        // a file's name is made of it
        if (text is not [>= '1' and <= '9', .., 'K' or 'M' or 'G', 'B'] || !text.AsSpan(0, text.Length - 2).ContainsOnlyDigits())
            throw size.Error($"is {text}, not a size such as 2MB");
        return (text, limit["limit"].Unsigned() ?? throw limit["limit"].Error("is missing"));
    }

    private static (string Link, uint Priority) Priority(SpecNode item)
    {
        SpecNode name = item["name"];
        string link = name.RequiredText();
        if (link.Any(char.IsWhiteSpace)) throw name.Error($"is {link}, not the name of a network interface");
        return (link, Required(item["priority"]));
    }

    private static string Unified(SpecNode value, SpecNode parent)
    {
        string[] parts = value.Path[(parent.Path.Length + 1)..].Split('.');
        if (parts.Length < 2 || parts.Any(part => part.Length == 0 || part.Contains('/'))) throw value.Error("is not the name of a cgroup file such as memory.high");
        return value.Text() ?? throw value.Error("is null");
    }

    private static RdmaLimit Rdma(SpecNode device)
    {
        if (device.Path.Any(char.IsWhiteSpace)) throw device.Error("is not the name of a device");
        return new RdmaLimit((uint?)device["hcaHandles"].Integer(0, uint.MaxValue), (uint?)device["hcaObjects"].Integer(0, uint.MaxValue));
    }

    private static Dictionary<string, T> ByName<T>(IReadOnlyList<(string Name, T Value)> items)
    {
        Dictionary<string, T> byName = [];
        foreach ((string name, T value) in items) byName[name] = value;
        return byName;
    }

    private static ushort? Weight(SpecNode node) => (ushort?)node.Integer(0, ushort.MaxValue);

    private static uint Required(SpecNode node) => (uint)(node.Integer(0, uint.MaxValue) ?? throw node.Error("is missing"));

    private static uint? Number(SpecNode node) => node.Integer(-1, uint.MaxValue) is long value and >= 0 ? (uint)value : null;

    // as the kernel reads it: also "all", N for the last, and parts of a range as in 0-31:2/4
    private static string? Cpuset(SpecNode node)
    {
        if (node.Text() is not { Length: > 0 } text) return null;
        bool longForm = text == "all" || text.Any(c => c is ':' or 'N') && text.All(c => char.IsAsciiDigit(c) || c is ',' or '-' or ':' or '/' or 'N');
        return longForm || NumberList.Parse(text) is not null ? text : throw node.Error($"is {text}, not a list such as 0-3,7");
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
