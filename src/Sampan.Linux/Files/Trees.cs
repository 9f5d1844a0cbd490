using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>
/// Removes whole trees, of any depth and with any bytes in their names, which a container may have made. No symbolic link is
/// followed. Nobody else may be writing in the tree.
/// </summary>
public static class Trees
{
    private const OpenFlags List = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow;
    private const int PassesMax = 100;

    /// <summary>Removes what is at a path that the caller trusts; nothing there is no error.</summary>
    public static void Remove(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Fd parent;
        try
        {
            parent = Paths.Open(Path.GetDirectoryName(path)!, OpenFlags.Path | OpenFlags.Directory);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
            return;
        }
        using (parent) Remove(parent, Path.GetFileName(path));
    }

    /// <summary>Removes an entry of <paramref name="parent"/> with all below it; nothing there is no error.</summary>
    public static void Remove(Fd parent, string name)
    {
        if (TryRemoveEntry(parent, name)) return;
        using (Fd top = Open(parent, name))
        {
            // Directories that are not empty move up into the top one: depth costs neither stack nor descriptors.
            Stack<string> pending = [];
            Empty(top, (_, inner) => pending.Push(inner));
            int moved = 0;
            while (pending.TryPop(out string? next))
            {
                using (Fd directory = Open(top, next))
                {
                    Empty(directory, (from, inner) =>
                    {
                        string to;
                        do to = $".removing-{moved++}";
                        while (!Entries.TryRename(from, inner, top, to));
                        pending.Push(to);
                    });
                }
                if (!TryRemoveEntry(top, next)) throw new SyscallException($"rmdir({top}, {next})", Errno.ENOTEMPTY);
            }
        }
        if (!TryRemoveEntry(parent, name)) throw new SyscallException($"rmdir({parent}, {name})", Errno.ENOTEMPTY);
    }

    private static Fd Open(Fd parent, string name) =>
        Paths.OpenInRoot(parent, name, List, 0, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);

    private static void Empty(Fd directory, Action<Fd, string> onFullDirectory)
    {
        HashSet<string> seen = [];
        // removing while reading may hide names from the reader: it starts again until a pass has nothing new
        for (int pass = 0; pass < PassesMax; pass++)
        {
            List<string> names = DirectoryNames.Of(directory);
            names.RemoveAll(seen.Contains);
            if (names.Count == 0) return;
            foreach (string name in names)
            {
                if (TryRemoveEntry(directory, name)) continue;
                seen.Add(name);
                onFullDirectory(directory, name);
            }
            DirectoryNames.Rewind(directory);
        }
    }

    /// <summary>False for a directory that is not empty.</summary>
    private static bool TryRemoveEntry(Fd parent, string name)
    {
        Errno errno = Entries.TryUnlink(parent, name);
        if (errno is Errno.EISDIR) errno = Entries.TryRemoveDirectory(parent, name);
        return errno switch
        {
            Errno.None or Errno.ENOENT => true,
            Errno.ENOTEMPTY or Errno.EEXIST => false,
            _ => throw new SyscallException($"unlinkat({parent}, {name})", errno),
        };
    }
}
