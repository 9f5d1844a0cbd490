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
    private const long MaxRememberedBytes = 256L * 1024 * 1024;
    private const int NoteBytes = 256;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly HashSet<string> _whiteouts = [];
    private readonly Dictionary<string, TarEntry> _directories = [];
    private Fd? _parent;
    private string _parentPath = "";
    private long _rememberedBytes;

    public void Dispose() => _parent?.Dispose();

    /// <exception cref="ImageException">A member is not acceptable, or the file system refused it; what was written stays.</exception>

    public void Unpack(TarReader tar)
    {
        int count = 0;
        while (tar.Next() is { } entry)
        {
            if (++count > MaxEntries) throw new ImageException($"more than {MaxEntries} members");
            UnpackPath path = UnpackPath.Parse(entry.Name);
            Naming(path.Full, () => Place(tar, entry, path));
        }
        foreach ((string path, TarEntry entry) in _directories) Naming(path, () => FinishDirectory(path, entry));
    }

    private static void Naming(string path, Action action)
    {
        try
        {
            action();
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            throw new ImageException($"no space left while unpacking '{ImageException.Printable(path)}'", e);
        }
        catch (SyscallException e)
        {
            throw new ImageException($"can not unpack '{ImageException.Printable(path)}': {ImageException.Printable(e.Message)}", e);
        }
    }

    private void Place(TarReader tar, TarEntry entry, UnpackPath path)
    {
        if (path.Name.Length == 0)
        {
            if (entry.Type == '5') _directories["."] = entry;
            return;
        }
        if (Whiteout.IsBelowIgnored(path)) return;
        if (path.Name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))
        {
            if (!Whiteout.IsIgnored(path.Name)) PlaceWhiteout(path);
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
        using Fd file = Make(parent, path, () => Paths.OpenInRoot(parent, path.Name,
            OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180, ResolveFlags.Beneath | ResolveFlags.NoSymlinks));
        if (entry.Sparse is null) WriteContent(tar, file, 0, long.MaxValue);
        else
        {
            foreach ((long offset, long length) in entry.Sparse.Parts) WriteContent(tar, file, offset, length);
            Entries.SetLength(file, entry.Sparse.RealSize);
        }
        EntryMetadata.Apply(file, entry);
    }

    private void WriteContent(TarReader tar, Fd file, long offset, long length)
    {
        int count;
        for (long end = offset + Math.Min(length, long.MaxValue - offset); offset < end; offset += count)
        {
            count = tar.ReadContent(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - offset)));
            if (count == 0) return;
            Entries.WriteAt(file, _buffer.AsSpan(0, count), offset);
        }
    }

    private void PlaceDirectory(TarEntry entry, Fd parent, UnpackPath path)
    {
        if (!Entries.TryMakeDirectory(parent, path.Name, 0x1c0) && !IsRealDirectory(parent, path.Name))
        {
            Remove(parent, path, out bool wasWhiteout);
            Entries.MakeDirectory(parent, path.Name, 0x1c0);
            // ".wh.name" and then "name/": what is below hides, what comes now shows
            if (wasWhiteout) MakeOpaque(path.Full);
        }
        if (!_directories.TryAdd(path.Full, entry)) _directories[path.Full] = entry;
        else Remember(path.Full, entry);
    }

    /// <summary>What has to be kept until the end of the layer must not grow with what an archive claims.</summary>
    private void Remember(string path, TarEntry? entry)
    {
        _rememberedBytes += NoteBytes + (path.Length * sizeof(char));
        if (entry is not null) foreach ((string name, byte[] value) in entry.Attributes) _rememberedBytes += NoteBytes + name.Length + value.Length;
        if (_rememberedBytes > MaxRememberedBytes) throw new ImageException("too many directories or whiteouts");
    }

    private void PlaceSymbolicLink(TarEntry entry, Fd parent, UnpackPath path)
    {
        if (entry.LinkName.Length is 0 or > 4095) throw new ImageException($"'{ImageException.Printable(path.Full)}': bad link target");
        Make(parent, path, () => Entries.MakeSymbolicLink(entry.LinkName, parent, path.Name));
        EntryMetadata.Apply(parent, path.Name, entry);
    }

    private void PlaceHardLink(TarEntry entry, Fd parent, UnpackPath path)
    {
        UnpackPath target = UnpackPath.Parse(entry.LinkName);
        if (target == path) return;
        if (target.Name.Length == 0 || _whiteouts.Contains(target.Full))
            throw new ImageException($"'{ImageException.Printable(path.Full)}': bad hard link target");
        using Fd targetParent = Paths.OpenInRoot(root, target.Parent.Length == 0 ? "." : target.Parent, OpenFlags.Path | OpenFlags.Directory);
        Make(parent, path, () => Entries.MakeHardLink(targetParent, target.Name, parent, path.Name));
    }

    private void PlaceNode(TarEntry entry, Fd parent, UnpackPath path)
    {
        if (entry.Type == '3' && entry is { Major: 0, Minor: 0 })
            throw new ImageException($"'{ImageException.Printable(path.Full)}' is a character device 0:0");
        if (entry.Type != '6' && OwnUserNamespace.IsInside) return;
        uint type = entry.Type switch { '3' => Entries.CharacterDevice, '4' => Entries.BlockDevice, _ => Entries.Fifo };
        Make(parent, path, () => Entries.MakeNode(parent, path.Name, type | 0x180, entry.Major, entry.Minor));
        EntryMetadata.Apply(parent, path.Name, entry);
    }

    private void PlaceWhiteout(UnpackPath path)
    {
        if (path.Name == Whiteout.OpaqueMarker)
        {
            OpenParent(path.Parent, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
            MakeOpaque(path.Parent.Length == 0 ? "." : path.Parent);
            return;
        }
        string name = Whiteout.HiddenBy(path);
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
            if (_whiteouts.Add(hidden.Full)) Remember(hidden.Full, null);
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

    /// <summary>Owner, mode and time of directories come last: their content changes the time and may need write access.</summary>
    private void FinishDirectory(string path, TarEntry entry)
    {
        Fd directory;
        try
        {
            directory = Paths.OpenInRoot(root, path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            // a later member took its place
            return;
        }
        using (directory) EntryMetadata.Apply(directory, entry);
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
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // not there yet, or a whiteout of this layer
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

    private void Make(Fd parent, UnpackPath path, Action make) => Make(parent, path, () =>
    {
        make();
        return true;
    });

    /// <summary>Makes an entry whose name is free nearly always; where it is not, the earlier one goes.</summary>
    private T Make<T>(Fd parent, UnpackPath path, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (SyscallException e) when (e.Errno is Errno.EEXIST)
        {
            Remove(parent, path, out _);
            return make();
        }
    }

    /// <summary>Makes room for a later member of the same name.</summary>
    private void Remove(Fd parent, UnpackPath path, out bool wasWhiteout)
    {
        wasWhiteout = _whiteouts.Count > 0 && _whiteouts.Remove(path.Full);
        _parentPath = "\0";
        Trees.Remove(parent, path.Name);
    }
}
