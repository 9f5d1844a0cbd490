using Sampan.Images.Layers.Unpack;
using Sampan.Linux.Files;

namespace Sampan.Images.Layers.Index;

/// <summary>
/// The files of one layer as a tree in memory. Takes, follows and refuses what <see cref="LayerUnpacker"/> does with directories: there
/// the kernel resolves names with the layer as root, here <see cref="Find"/> does.
/// </summary>
internal sealed class LayerTree
{
    private const int MaxEntries = 4_000_000;
    private const int MaxLinksFollowed = 40;
    private const int MaxNameBytes = 255;
    private const int MaxPathBytes = 4095;
    private readonly IndexInode _root = new('5');
    private readonly Dictionary<string, TarEntry> _directories = [];
    private readonly int _layer;
    private readonly EntryBudget _budget;
    private IndexInode? _parent;
    private string _parentPath = "";

    private LayerTree(int layer, EntryBudget budget)
    {
        (_layer, _budget) = (layer, budget);
        _root.Parent = _root;
    }

    private enum Found
    {
        Directory,
        Nothing,
        NoDirectory,
        TooManyLinks,
    }

    /// <summary>Reads a layer to the end of its archive.</summary>
    /// <returns>The layer's root; whiteouts and opaque directories are still in the tree.</returns>
    /// <exception cref="ImageException">A member is not acceptable.</exception>
    public static IndexInode Read(TarReader tar, int layer, EntryBudget budget)
    {
        LayerTree tree = new(layer, budget);
        int count = 0;
        while (tar.Next() is { } entry)
        {
            if (++count > MaxEntries) throw new ImageException($"more than {MaxEntries} members");
            budget.Spend(entry);
            tree.Place(entry, UnpackPath.Parse(entry.Name), tar.Position);
        }
        foreach ((string path, TarEntry entry) in tree._directories) tree.FinishDirectory(path, entry);
        return tree._root;
    }

    private static ImageException Refusal(string path, string why) => new($"can not unpack '{ImageException.Printable(path)}': {why}");

    private void Place(TarEntry entry, UnpackPath path, long offset)
    {
        if (path.Name.Length == 0)
        {
            if (entry.Type == '5') _directories["."] = entry;
            return;
        }
        if (Whiteout.IsBelowIgnored(path)) return;
        CheckLengths(path.Full);
        if (path.Name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))
        {
            if (!Whiteout.IsIgnored(path.Name)) PlaceWhiteout(path);
            return;
        }
        IndexInode parent = OpenParent(path, path.Parent, follow: true);
        switch (entry.Type)
        {
            case '0':
                Put(parent, path, new IndexInode('0') { Layer = _layer, Offset = offset, Size = entry.Sparse?.RealSize ?? entry.Size, Sparse = entry.Sparse }, entry);
                return;
            case '1': PlaceHardLink(entry, parent, path); return;
            case '2':
                if (entry.LinkName.Length is 0 or > MaxPathBytes) throw new ImageException($"'{ImageException.Printable(path.Full)}': bad link target");
                if (BytesOf(entry.LinkName) > MaxPathBytes) throw Refusal(path.Full, "the link's target is too long");
                Put(parent, path, new IndexInode('2') { Link = entry.LinkName }, entry);
                return;
            case '5': PlaceDirectory(entry, parent, path); return;
            case '3' when entry is { Major: 0, Minor: 0 }: throw new ImageException($"'{ImageException.Printable(path.Full)}' is a character device 0:0");
            case '3' or '4' or '6': Put(parent, path, new IndexInode(entry.Type) { Major = entry.Major, Minor = entry.Minor }, entry); return;
            default: throw new ImageException($"'{ImageException.Printable(path.Full)}' has the unknown type '{ImageException.Printable($"{entry.Type}")}'");
        }
    }

    private static int BytesOf(string name)
    {
        if (!name.AsSpan().ContainsAnyExceptInRange('\0', '\x7f')) return name.Length;
        return FileNames.Encode(name, new byte[FileNames.ByteCountMax(name)]);
    }

    private static void CheckLengths(string path)
    {
        if (path.Length <= MaxNameBytes / 3) return;
        if (BytesOf(path) > MaxPathBytes) throw Refusal(path, "the name is too long");
        foreach (string part in path.Split('/')) if (BytesOf(part) > MaxNameBytes) throw Refusal(path, "the name is too long");
    }

    /// <summary>Gives a name to a new inode; what had the name goes, with all that is in it.</summary>
    private void Put(IndexInode parent, UnpackPath path, IndexInode inode, TarEntry? entry)
    {
        if (entry is not null) Describe(inode, entry, path.Full);
        if (parent.Children.ContainsKey(path.Name)) _parentPath = "\0";
        parent.Children[path.Name] = inode;
        if (inode.IsDirectory) inode.Parent = parent;
    }

    private static void Describe(IndexInode inode, TarEntry entry, string path)
    {
        inode.Uid = InRange(entry.Uid, "uid");
        inode.Gid = InRange(entry.Gid, "gid");
        (inode.Seconds, inode.Nanoseconds) = (entry.Seconds, (uint)entry.Nanoseconds);
        uint mode = inode.Type == '2' ? 0x1ff : entry.Mode;
        try
        {
            if (inode.Type is '0' or '5') inode.Attributes = IndexAttributes.Encode(entry, ref mode);
        }
        catch (ImageException e)
        {
            throw Refusal(path, e.Message);
        }
        inode.Mode = mode;
    }

    private static uint InRange(long id, string what) =>
        id is >= 0 and < uint.MaxValue ? (uint)id : throw new ImageException($"tar header: {what} {id} is out of range");

    private void PlaceDirectory(TarEntry entry, IndexInode parent, UnpackPath path)
    {
        if (!parent.Children.TryGetValue(path.Name, out IndexInode? old) || !old.IsDirectory)
        {
            // ".wh.name" and then "name/": what is below hides, what comes now shows
            Put(parent, path, new IndexInode('5') { IsOpaque = IsWhiteout(old, path.Full) }, null);
        }
        // owner, mode and time as the last member says that speaks of it
        _directories[path.Full] = entry;
    }

    private void PlaceHardLink(TarEntry entry, IndexInode parent, UnpackPath path)
    {
        UnpackPath target = UnpackPath.Parse(entry.LinkName);
        if (target == path) return;
        IndexInode linked = Target(target, path);
        if (parent.Children.ContainsKey(path.Name))
        {
            Put(parent, path, linked, null);
            parent.Children.Remove(path.Name);
            // what had to go may have been the target, or have held it
            linked = Target(target, path);
        }
        Put(parent, path, linked, null);
    }

    private IndexInode Target(UnpackPath target, UnpackPath path)
    {
        if (target.Name.Length == 0 || (Find(target.Parent, follow: true, out IndexInode folder) == Found.Directory
            && folder.Children.TryGetValue(target.Name, out IndexInode? whiteout) && whiteout.Type == IndexInode.Whiteout))
            throw new ImageException($"'{ImageException.Printable(path.Full)}': bad hard link target");
        if (Find(target.Parent, follow: true, out IndexInode holder) != Found.Directory || !holder.Children.TryGetValue(target.Name, out IndexInode? linked))
            throw Refusal(path.Full, $"no '{ImageException.Printable(target.Full)}' to link to");
        return !linked.IsDirectory ? linked : throw Refusal(path.Full, "a hard link to a directory");
    }

    private void PlaceWhiteout(UnpackPath path)
    {
        bool isOpaque = path.Name == Whiteout.OpaqueMarker;
        string hidden = isOpaque ? "" : Whiteout.HiddenBy(path);
        IndexInode parent = OpenParent(path, path.Parent, follow: false);
        if (isOpaque)
        {
            parent.IsOpaque = true;
            return;
        }
        if (!parent.Children.TryGetValue(hidden, out IndexInode? own))
        {
            _budget.Spend(path.Full);
            parent.Children[hidden] = new IndexInode(IndexInode.Whiteout) { Link = (path with { Name = hidden }).Full };
        }
        // a whiteout speaks of the layers below: this layer's own files stay
        else if (own.IsDirectory) own.IsOpaque = true;
    }

    private static bool IsWhiteout(IndexInode? inode, string path) => inode?.Type == IndexInode.Whiteout && inode.Link == path;

    private void FinishDirectory(string path, TarEntry entry)
    {
        UnpackPath parts = UnpackPath.Parse(path);
        IndexInode directory = _root;
        if (parts.Name.Length > 0)
        {
            // a later member may have taken its place
            if (Find(parts.Parent, follow: true, out IndexInode parent) != Found.Directory) return;
            if (!parent.Children.TryGetValue(parts.Name, out IndexInode? own) || !own.IsDirectory) return;
            directory = own;
        }
        Describe(directory, entry, path);
        directory.IsDescribed = true;
    }

    private IndexInode OpenParent(UnpackPath of, string path, bool follow)
    {
        if (path.Length == 0) return _root;
        if (_parent is not null && follow && _parentPath == path) return _parent;
        Found found = Find(path, follow, out IndexInode opened);
        if (found is Found.Nothing or Found.NoDirectory)
        {
            MakeParents(of, path);
            found = Find(path, follow, out opened);
        }
        if (found != Found.Directory) throw Refusal(of.Full, found == Found.TooManyLinks ? "its parent is a symbolic link" : "its parent is no directory");
        (_parent, _parentPath) = (opened, path);
        return opened;
    }

    private void MakeParents(UnpackPath of, string path)
    {
        IndexInode current = _root;
        string done = "";
        foreach (string part in path.Split('/'))
        {
            done = done.Length == 0 ? part : $"{done}/{part}";
            bool isThere = current.Children.TryGetValue(part, out IndexInode? next);
            if (!isThere || IsWhiteout(next, done))
            {
                _budget.Spend(done);
                current.Children[part] = new IndexInode('5') { Parent = current, IsOpaque = isThere };
            }
            if (Find(done, follow: true, out current) != Found.Directory) throw Refusal(of.Full, $"'{ImageException.Printable(done)}' is no directory");
        }
    }

    /// <summary>As openat2(2) with RESOLVE_IN_ROOT finds a directory: no link leads out of the layer.</summary>
    private Found Find(string path, bool follow, out IndexInode directory)
    {
        directory = _root;
        int links = 0;
        Stack<string> rest = new();
        Push(rest, path);
        while (rest.TryPop(out string? part))
        {
            if (part is "" or ".") continue;
            if (part == "..")
            {
                directory = directory.Parent!;
                continue;
            }
            if (!directory.Children.TryGetValue(part, out IndexInode? next)) return Found.Nothing;
            if (next.IsDirectory) directory = next;
            else if (next.Type != '2') return Found.NoDirectory;
            else if (!follow || ++links > MaxLinksFollowed) return Found.TooManyLinks;
            else
            {
                if (next.Link.StartsWith('/')) directory = _root;
                Push(rest, next.Link);
            }
        }
        return Found.Directory;
    }

    private static void Push(Stack<string> rest, string path)
    {
        string[] parts = path.Split('/');
        for (int i = parts.Length - 1; i >= 0; i--) rest.Push(parts[i]);
    }
}
