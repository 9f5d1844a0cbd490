using System.Globalization;
using Sampan.Engine.State;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Engine.Containers;

/// <summary>Finds a user in the container's own /etc/passwd and /etc/group, never in the host's.</summary>
internal static class ContainerUser
{
    private const int FileMaximumBytes = 4 * 1024 * 1024;

    /// <param name="root">The root file system; paths in it are resolved confined to it.</param>
    /// <param name="text"><c>user[:group]</c>, names or numbers; empty for root.</param>
    public static UserSpec Resolve(Fd root, string text)
    {
        string[] parts = text.Split(':', 2);
        string name = parts[0].Length == 0 ? "0" : parts[0];
        string[][] groups = Read(root, "/etc/group");
        string[]? account = Find(Read(root, "/etc/passwd"), name, fields: 4);
        uint uid = account is null ? Number(name) ?? throw new EngineException($"user {name}: not in the container's /etc/passwd")
            : Number(account[2]) ?? throw new EngineException($"user {name}: damaged entry in the container's /etc/passwd");
        if (parts.Length == 2)
        {
            uint? given = Find(groups, parts[1], fields: 3) is { } entry ? Number(entry[2]) : Number(parts[1]);
            return new UserSpec(uid, given ?? throw new EngineException($"group {parts[1]}: not in the container's /etc/group"));
        }

        uint gid = account is null ? 0 : Number(account[3]) ?? 0;
        List<uint> more = [];
        foreach (string[] group in groups)
        {
            if (account is null || group.Length < 4 || Number(group[2]) is not { } id) continue;
            if (group[3].Split(',').AsSpan().Contains(account[0]) && id != gid) more.Add(id);
        }

        return new UserSpec(uid, gid) { AdditionalGids = more };
    }

    // an entry by its name, else by its number
    private static string[]? Find(string[][] entries, string name, int fields)
    {
        foreach (string[] entry in entries)
            if (entry.Length >= fields && entry[0] == name) return entry;
        foreach (string[] entry in entries)
            if (entry.Length >= fields && entry[2] == name) return entry;
        return null;
    }

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number <= int.MaxValue ? number : null;

    private static string[][] Read(Fd root, string path)
    {
        // not blocking: the image may have put a fifo there
        using Fd? file = Paths.OpenInRootIfExists(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        if (file is null) return [];
        FileInfo info = new(file.ProcPath);
        if (info.Length > FileMaximumBytes) throw new EngineException($"the container's {path} is larger than {FileMaximumBytes} bytes");
        string[] lines = File.ReadAllLines(file.ProcPath);
        string[][] entries = new string[lines.Length][];
        for (int i = 0; i < lines.Length; i++) entries[i] = lines[i].Split(':');
        return entries;
    }
}
