using System.Globalization;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;

namespace Sampan.Engine.State;

/// <summary>
/// Which container has which ids: a symbolic link per range, <c>FIRSTUSER-FIRSTGROUP</c>, that points to the container's id. Ranges
/// are those granted to <c>sampan</c> or <c>containers</c> in /etc/subuid and /etc/subgid; where neither is there, 1879048192 and on.
/// </summary>
public sealed class IdRanges(EnginePaths paths)
{
    /// <summary>Above what systemd gives to its containers, and below those of 2^31 and more that some programs take for negative.</summary>
    private const uint DefaultFirst = 0x7000_0000;

    private const uint DefaultEnd = 0x7FFE_0000;
    private const uint Granted = uint.MaxValue; // no user's number: the lines are found by name

    private static readonly string[] s_owners = ["sampan", "containers"];

    private string Folder => Path.Combine(paths.Data, "ids");

    /// <summary>Takes a range that no other container of this engine has.</summary>
    /// <exception cref="EngineException">All are taken.</exception>
    public IdRange Claim(string id)
    {
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using FileLock held = FileLock.Take(Path.Combine(paths.Data, "ids.lock"));
        List<IdRange> taken = [.. Directory.EnumerateFileSystemEntries(Folder).Select(link => Parse(Path.GetFileName(link)))];
        IdRange free = Candidates().FirstOrDefault(range => !taken.Exists(range.Overlaps))
            ?? throw new EngineException($"--userns auto: all {taken.Count} ranges of {IdRange.Size} ids are taken; "
                + "hint: remove containers, or grant sampan more in /etc/subuid and /etc/subgid");
        File.CreateSymbolicLink(PathOf(free), id);
        return free;
    }

    /// <summary>Gives a range back, but only if it is still this container's.</summary>
    public void Release(IdRange range, string id)
    {
        if (new FileInfo(PathOf(range)).LinkTarget == id) File.Delete(PathOf(range));
    }

    /// <summary>Every range taken, as a path that links to its container's id.</summary>
    public IReadOnlyList<string> Links => Directory.Exists(Folder) ? Directory.GetFileSystemEntries(Folder) : [];

    private static IEnumerable<IdRange> Candidates()
    {
        foreach (string owner in s_owners)
        {
            IReadOnlyList<(uint First, uint Count)> users = SubIds.Users(owner, Granted), groups = SubIds.Groups(owner, Granted);
            if (users.Count > 0 && groups.Count > 0) return Slots(users).Zip(Slots(groups), (user, group) => new IdRange(user, group));
        }

        return Slots([(DefaultFirst, DefaultEnd - DefaultFirst)]).Where(IsGrantedToNobody).Select(first => new IdRange(first, first));
    }

    private static IEnumerable<uint> Slots(IReadOnlyList<(uint First, uint Count)> ranges)
    {
        foreach ((uint first, uint count) in ranges)
            for (uint slot = 0; slot < count / IdRange.Size; slot++) yield return first + (slot * IdRange.Size);
    }

    private static bool IsGrantedToNobody(uint first) =>
        !SubIds.Everybody().Any(range => first < (ulong)range.First + range.Count && range.First < (ulong)first + IdRange.Size);

    private string PathOf(IdRange range) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{range.FirstUser}-{range.FirstGroup}"));

    private static IdRange Parse(string name)
    {
        string[] parts = name.Split('-');
        if (parts.Length == 2 && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint user)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint group)) return new IdRange(user, group);
        throw new EngineException($"ids/{name}: not a range of ids; hint: remove that file");
    }
}
