using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;

namespace Sampan.Images.Layers.Unpack;

/// <summary>
/// Writes the members of a layer's tar below one directory, in the form overlayfs wants: a whiteout becomes a character device
/// 0:0, an opaque directory gets the attribute <c>overlay.opaque</c>. Every name is resolved by the kernel with the layer as
/// root, so nothing in an archive leads outside. In a user namespace devices are left out: nobody can make them there.
/// </summary>
internal sealed class LayerUnpacker(Fd root) : IDisposable
{
    private const int MaxEntries = 4_000_000;
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueMarker = ".wh..wh..opq";
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly HashSet<string> _whiteouts = [];
    private readonly Dictionary<string, TarEntry> _directories = [];
    private Fd? _parent;
    private string _parentPath = "";

    public void Dispose() => _parent?.Dispose();

    public void Unpack(TarReader tar)
    {
        int count = 0;
        while (tar.Next() is { } entry)
        {
            if (++count > MaxEntries) throw new ImageException($"more than {MaxEntries} members");
            UnpackPath path = UnpackPath.Parse(entry.Name);
            try
            {
                Place(tar, entry, path);
            }
            catch (SyscallException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT)
            {
                throw new ImageException($"no space left while unpacking '{ImageException.Printable(path.Full)}'", e);
            }
            catch (SyscallException e)
            {
                throw new ImageException($"can not unpack '{ImageException.Printable(path.Full)}': {e.Message}", e);
            }
        }
        FinishDirectories();
    }

    private static bool IsIgnoredMarker(string name) => name is ".wh..wh.plnk" or ".wh..wh.aufs" or ".wh..wh.orph";

    private static uint Id(long id, string what)
    {
        if (id is < 0 or >= uint.MaxValue) throw new ImageException($"tar header: {what} {id} is out of range");
        if (OwnUserNamespace.IsInside && !(what == "uid" ? OwnUserNamespace.HasUser((uint)id) : OwnUserNamespace.HasGroup((uint)id)))
            throw new ImageException($"{what} {id} is not among the user's ids; hint: install uidmap and grant ids in /etc/subuid and /etc/subgid");
        return (uint)id;
    }

    private void Place(TarReader tar, TarEntry entry, UnpackPath path)
    {
        if (path.Name.Length == 0)
        {
            if (entry.Type == '5') _directories["."] = entry;
            return;
        }
        foreach (string part in path.Parent.Split('/'))
        {
            // hard link targets of aufs; no builder needs them any more
            if (IsIgnoredMarker(part)) return;
            if (part.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
                throw new ImageException($"'{ImageException.Printable(path.Full)}' lies below a whiteout");
        }
        if (path.Name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
        {
            if (!IsIgnoredMarker(path.Name)) PlaceWhiteout(path);
            return;
        }
        Fd parent = OpenParent(path.Parent);
        switch (entry.Type)
        {
            case '0': PlaceFile(tar, entry, parent, path); return;
            case '1': PlaceHardLink(entry, parent, path); return;
            case '2': PlaceSymbolicLink(entry, parent, path); return;
            case '5': PlaceDirectory(entry, parent, path); return;
            case '3' or '4' or '6': PlaceNode(entry, parent, path); return;
            default: throw new ImageException($"'{ImageException.Printable(path.Full)}' has the unknown type '{ImageException.Printable($"{entry.Type}")}'");
        }
    }

    private void PlaceFile(TarReader tar, TarEntry entry, Fd parent, UnpackPath path)
    {
        Remove(parent, path);
        using Fd file = Paths.OpenInRoot(parent, path.Name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow,
            0x180, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
        int count;
        while ((count = tar.ReadContent(_buffer)) > 0) Entries.Write(file, _buffer.AsSpan(0, count));
        Describe(file, entry);
    }

    private void PlaceDirectory(TarEntry entry, Fd parent, UnpackPath path)
    {
        if (!IsRealDirectory(parent, path.Name))
        {
            Remove(parent, path, out bool wasWhiteout);
            Entries.MakeDirectory(parent, path.Name, 0x1c0);
            // ".wh.name" and then "name/": what is below hides, what comes now shows
            if (wasWhiteout) MakeOpaque(path.Full);
        }
        _directories[path.Full] = entry;
    }

    private void PlaceSymbolicLink(TarEntry entry, Fd parent, UnpackPath path)
    {
        Remove(parent, path);
        if (entry.LinkName.Length is 0 or > 4095) throw new ImageException($"'{ImageException.Printable(path.Full)}': bad link target");
        Entries.MakeSymbolicLink(entry.LinkName, parent, path.Name);
        Entries.ChangeOwner(parent, path.Name, Id(entry.Uid, "uid"), Id(entry.Gid, "gid"));
        Entries.SetTime(parent, path.Name, entry.Seconds, entry.Nanoseconds);
    }

    private void PlaceHardLink(TarEntry entry, Fd parent, UnpackPath path)
    {
        UnpackPath target = UnpackPath.Parse(entry.LinkName);
        if (target == path) return;
        if (target.Name.Length == 0 || _whiteouts.Contains(target.Full))
            throw new ImageException($"'{ImageException.Printable(path.Full)}': bad hard link target");
        Remove(parent, path);
        using Fd targetParent = Paths.OpenInRoot(root, target.Parent.Length == 0 ? "." : target.Parent, OpenFlags.Path | OpenFlags.Directory);
        Entries.MakeHardLink(targetParent, target.Name, parent, path.Name);
    }

    private void PlaceNode(TarEntry entry, Fd parent, UnpackPath path)
    {
        if (entry.Type == '3' && entry is { Major: 0, Minor: 0 })
            throw new ImageException($"'{ImageException.Printable(path.Full)}' is a character device 0:0");
        if (entry.Type != '6' && OwnUserNamespace.IsInside) return;
        Remove(parent, path);
        uint type = entry.Type switch { '3' => Entries.CharacterDevice, '4' => Entries.BlockDevice, _ => Entries.Fifo };
        Entries.MakeNode(parent, path.Name, type | 0x180, entry.Major, entry.Minor);
        Entries.ChangeOwner(parent, path.Name, Id(entry.Uid, "uid"), Id(entry.Gid, "gid"));
        Entries.ChangeMode(parent, path.Name, entry.Mode);
        Entries.SetTime(parent, path.Name, entry.Seconds, entry.Nanoseconds);
    }

    private void PlaceWhiteout(UnpackPath path)
    {
        if (path.Name == OpaqueMarker)
        {
            OpenParent(path.Parent, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
            MakeOpaque(path.Parent.Length == 0 ? "." : path.Parent);
            return;
        }
        string name = path.Name[WhiteoutPrefix.Length..];
        if (name is "" or "." or ".." || name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
            throw new ImageException($"'{ImageException.Printable(path.Full)}' is not a valid whiteout");
        Fd parent = OpenParent(path.Parent, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
        UnpackPath hidden = path with { Name = name };
        if (IsRealDirectory(parent, name))
        {
            MakeOpaque(hidden.Full);
            return;
        }
        try
        {
            Entries.MakeNode(parent, name, Entries.CharacterDevice);
            _whiteouts.Add(hidden.Full);
        }
        catch (SyscallException e) when (e.Errno is Errno.EEXIST)
        {
            // a whiteout speaks of the layers below; this layer's own file hides them already
        }
    }

    private void MakeOpaque(string path)
    {
        using Fd directory = Paths.OpenInRoot(root, path, OpenFlags.ReadOnly | OpenFlags.Directory);
        Entries.SetAttribute(directory, OwnUserNamespace.IsInside ? "user.overlay.opaque" : "trusted.overlay.opaque", "y"u8);
    }

    private static void Describe(Fd file, TarEntry entry)
    {
        // chown clears set-uid bits and file capabilities: owner first
        Entries.ChangeOwner(file, Id(entry.Uid, "uid"), Id(entry.Gid, "gid"));
        Entries.ChangeMode(file, entry.Mode);
        foreach ((string name, byte[] value) in entry.Attributes)
        {
            // an archive must not speak to overlayfs, nor set what only the host's root may
            if (name.StartsWith("trusted.", StringComparison.Ordinal) || name.StartsWith("user.overlay.", StringComparison.Ordinal)) continue;
            try
            {
                Entries.SetAttribute(file, name, value);
            }
            catch (SyscallException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM)
            {
                // as GNU tar: this file system or namespace has no such attribute
            }
        }
        Entries.SetTime(file, entry.Seconds, entry.Nanoseconds);
    }

    /// <summary>Owner, mode and time of directories come last: their content changes the time and may need write access.</summary>
    private void FinishDirectories()
    {
        foreach ((string path, TarEntry entry) in _directories)
        {
            Fd directory;
            try
            {
                directory = Paths.OpenInRoot(root, path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            }
            catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                // a later member took its place
                continue;
            }
            using (directory) Describe(directory, entry);
        }
    }

    private Fd OpenParent(string path, ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks)
    {
        if (path.Length == 0) return root;
        bool follows = (resolve & ResolveFlags.NoSymlinks) == 0;
        if (_parent is not null && follows && _parentPath == path) return _parent;
        Fd opened;
        try
        {
            opened = Paths.OpenInRoot(root, path, OpenFlags.Path | OpenFlags.Directory, 0, resolve);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
            MakeParents(path);
            opened = Paths.OpenInRoot(root, path, OpenFlags.Path | OpenFlags.Directory, 0, resolve);
        }
        _parent?.Dispose();
        (_parent, _parentPath) = (opened, path);
        return opened;
    }

    private void MakeParents(string path)
    {
        Fd current = root;
        string done = "";
        foreach (string part in path.Split('/'))
        {
            bool made = Entries.TryMakeDirectory(current, part, 0x1ed);
            done = done.Length == 0 ? part : $"{done}/{part}";
            if (_whiteouts.Remove(done))
            {
                Entries.TryUnlink(current, part);
                made = Entries.TryMakeDirectory(current, part, 0x1ed);
                MakeOpaque(done);
            }
            // the umask must not decide what an image looks like
            if (made) Entries.ChangeMode(current, part, 0x1ed);
            Fd next = Paths.OpenInRoot(root, done, OpenFlags.Path | OpenFlags.Directory);
            if (current != root) current.Dispose();
            current = next;
        }
        if (current != root) current.Dispose();
    }

    private static bool IsRealDirectory(Fd parent, string name)
    {
        try
        {
            using Fd directory = Paths.OpenInRoot(parent, name, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow, 0,
                ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
            return true;
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return false;
        }
    }

    private void Remove(Fd parent, UnpackPath path) => Remove(parent, path, out _);

    /// <summary>Makes room for a later member of the same name.</summary>
    private void Remove(Fd parent, UnpackPath path, out bool wasWhiteout)
    {
        wasWhiteout = _whiteouts.Count > 0 && _whiteouts.Remove(path.Full);
        Errno errno = Entries.TryUnlink(parent, path.Name);
        if (errno is Errno.None or Errno.ENOENT) return;
        if (errno is not Errno.EISDIR) throw new SyscallException($"unlinkat({parent}, {path.Name})", errno);
        _parentPath = "\0";
        // nobody else writes below the layer's private directory: the listing can not be raced
        Directory.Delete($"{parent.ProcPath}/{path.Name}", recursive: true);
    }
}
