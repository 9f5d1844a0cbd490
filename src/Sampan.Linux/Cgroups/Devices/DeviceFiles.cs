namespace Sampan.Linux.Cgroups.Devices;

/// <summary>Writes device rules into a directory of the v1 controller.</summary>
internal static class DeviceFiles
{
    /// <summary>From what is there to what is wanted; where both are lists of what is allowed, a device of both is never denied.</summary>
    public static void Apply(string directory, IReadOnlyList<DeviceRule> rules)
    {
        DeviceList wanted = DeviceList.Of(rules);
        DeviceList present = DeviceList.Parse(CgroupFiles.ReadIfExists($"{directory}/devices.list") ?? "");
        bool keep = !wanted.AllowsByDefault && !present.AllowsByDefault;
        if (!keep) CgroupFiles.Write($"{directory}/{(wanted.AllowsByDefault ? "devices.allow" : "devices.deny")}", "a");
        CgroupFiles.Write($"{directory}/{(wanted.AllowsByDefault ? "devices.deny" : "devices.allow")}",
            Lines(wanted, (key, access) => keep ? access & ~present.Exceptions.GetValueOrDefault(key) : access));
        if (keep) CgroupFiles.Write($"{directory}/devices.deny", Lines(present, (key, access) => access & ~wanted.Exceptions.GetValueOrDefault(key)));
    }

    private static string[] Lines(DeviceList list, Func<DeviceKey, DeviceAccess, DeviceAccess> part)
    {
        List<string> lines = [];
        foreach ((DeviceKey key, DeviceAccess all) in list.Exceptions)
        {
            if (part(key, all) is var access and not DeviceAccess.None) lines.Add(string.Concat(key.ToString(), " ", Letters(access)));
        }

        return [.. lines];
    }

    private static string Letters(DeviceAccess access) =>
        ((access & DeviceAccess.Read) != 0 ? "r" : "") + ((access & DeviceAccess.Write) != 0 ? "w" : "") + ((access & DeviceAccess.Make) != 0 ? "m" : "");
}
