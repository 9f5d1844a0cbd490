using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;

namespace Sampan.Engine.Rootless;

/// <summary>Which ids an ordinary user has in a user namespace: its own as root, and from 1 on what subuid(5) and subgid(5) grant.</summary>
internal static class CallerIds
{
    public static IReadOnlyList<IdMap> Users() => Map(Caller.Uid, SubIds.Users(Environment.UserName, Caller.Uid));

    public static IReadOnlyList<IdMap> Groups() => Map(Caller.Gid, SubIds.Groups(Environment.UserName, Caller.Uid));

    private static List<IdMap> Map(uint own, IReadOnlyList<(uint First, uint Count)> granted)
    {
        List<IdMap> maps = [new IdMap(0, own, 1)];
        // without newuidmap(1) and newgidmap(1) nobody could write more than the caller's own id
        if (!IdMaps.CanMapGranted) return maps;
        uint next = 1;
        foreach ((uint first, uint count) in granted)
        {
            maps.Add(new IdMap(next, first, count));
            next += count;
        }

        return maps;
    }
}
