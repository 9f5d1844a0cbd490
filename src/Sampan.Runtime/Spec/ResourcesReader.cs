using Sampan.Linux.Cgroups;

namespace Sampan.Runtime.Spec;

/// <summary>Reads <c>linux.resources</c>, runtime-spec config-linux.md "Control groups".</summary>
internal static class ResourcesReader
{
    public static CgroupResources Read(SpecNode resources)
    {
        SpecNode memory = resources["memory"];
        SpecNode cpu = resources["cpu"];
        return new CgroupResources
        {
            MemoryLimitBytes = memory["limit"].Integer(-1),
            MemorySwapBytes = memory["swap"].Integer(-1),
            MemoryReservationBytes = memory["reservation"].Integer(-1),
            CpuQuotaUs = cpu["quota"].Integer(),
            CpuPeriodUs = cpu["period"].Unsigned(),
            CpuShares = cpu["shares"].Unsigned(),
            CpusetCpus = Given(cpu["cpus"].Text()),
            CpusetMems = Given(cpu["mems"].Text()),
            PidsLimit = resources["pids"]["limit"].Integer(-1),
            BlkioWeight = (ushort?)resources["blockIO"]["weight"].Integer(0, ushort.MaxValue),
            Devices = WithDefaults(resources["devices"].List(Device)),
            Unified = resources["unified"].Map(),
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
        return new DeviceRule(device["allow"].Flag(), type.Length == 0 ? 'a' : type[0], Number(device["major"]), Number(device["minor"]), access);
    }

    private static uint? Number(SpecNode node) => node.Integer(-1, uint.MaxValue) is long value and >= 0 ? (uint)value : null;

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
