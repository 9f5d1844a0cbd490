using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Spec;

/// <summary>Reads <c>mounts</c>, id maps and devices: what a container sees of files.</summary>
internal static class MountReader
{
    public static MountSpec Mount(SpecNode mount)
    {
        string destination = mount["destination"].RequiredText();
        if (!destination.StartsWith('/')) destination = "/" + destination; // relative ones are relative to the root, since 1.2
        MountSpec read = new(destination, Given(mount["type"]), Given(mount["source"]), mount["options"].Texts())
        {
            UidMappings = mount["uidMappings"].List(Mapping),
            GidMappings = mount["gidMappings"].List(Mapping),
        };
        if (read.IsBind && read.Source is null) throw mount["source"].Error("is missing for a bind mount");
        if (!read.IsBind && read.Type is null && !read.Options.Contains("remount")) throw mount["type"].Error("is missing");
        if (read.UidMappings.Count > 0 != read.GidMappings.Count > 0)
            throw mount[read.UidMappings.Count > 0 ? "gidMappings" : "uidMappings"].Error("is missing: both maps are given, or none");
        if (read.CopiesUp && read.Type != "tmpfs") throw mount["options"].Error("tmpcopyup is for tmpfs only");
        if (read.IsIdMapped && !read.IsBind) throw mount["options"].Error("ids can be mapped for bind mounts only");
        return read;
    }

    public static IdMap Mapping(SpecNode map)
    {
        uint container = (uint)map["containerID"].RequiredInteger(0, uint.MaxValue);
        uint host = (uint)map["hostID"].RequiredInteger(0, uint.MaxValue);
        uint size = (uint)map["size"].RequiredInteger(1, uint.MaxValue);
        return Math.Max(container, host) + (ulong)size <= 1UL << 32 ? new IdMap(container, host, size)
            : throw map["size"].Error($"is {size}, which leads to ids above 4294967295");
    }

    public static DeviceSpec Device(SpecNode device)
    {
        string type = device["type"].RequiredText();
        if (type is not ("c" or "b" or "u" or "p")) throw device["type"].Error($"is {type}, not c, b, u or p");
        string path = device["path"].RequiredText();
        if (!path.StartsWith('/') || path.Trim('/').Length == 0) throw device["path"].Error($"is {path}, not an absolute path of a file");
        bool numbered = type != "p";
        return new DeviceSpec(
            path, type[0], Number("major", 0xFFF), Number("minor", 0xFFFFF),
            (uint)(device["fileMode"].Integer(0, 0x1FFFF) ?? 0x1B6) & 0xFFF, device["uid"].Id(), device["gid"].Id());

        // the kernel has 12 and 20 bits for them
        uint Number(string name, uint max) => (uint)(numbered ? device[name].RequiredInteger(0, max) : device[name].Integer(0, max) ?? 0);
    }

    private static string? Given(SpecNode node) => node.Text() is { Length: > 0 } text ? text : null;
}
