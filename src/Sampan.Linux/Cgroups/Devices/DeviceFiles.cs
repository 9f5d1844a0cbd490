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
        string add = $"{directory}/{(wanted.AllowsByDefault ? "devices.deny" : "devices.allow")}";
        foreach ((DeviceKey key, DeviceAccess access) in wanted.Exceptions)
            Write(add, key, keep ? access & ~present.Exceptions.GetValueOrDefault(key) : access);
        if (!keep) return;
        foreach ((DeviceKey key, DeviceAccess access) in present.Exceptions)
            Write($"{directory}/devices.deny", key, access & ~wanted.Exceptions.GetValueOrDefault(key));
    }

    private static void Write(string file, DeviceKey key, DeviceAccess access)
    {
        if (access == DeviceAccess.None) return;
        string letters = ((access & DeviceAccess.Read) != 0 ? "r" : "") + ((access & DeviceAccess.Write) != 0 ? "w" : "") + ((access & DeviceAccess.Make) != 0 ? "m" : "");
        CgroupFiles.Write(file, $"{key} {letters}");
    }
}
