using Microsoft.Win32.SafeHandles;
using Sampan.Images.Layers;

namespace Sampan.Images.Archive;

/// <summary>A tar archive on disk, read in place: an index of names and offsets, content by pread(2).</summary>
internal sealed class ArchiveSource : IBlobSource
{
    private const int MaxMembers = 100_000;
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, (long Offset, long Size, string? Link)> _members = [];

    /// <param name="file">A regular file, which the caller keeps open as long as this is used.</param>
    public ArchiveSource(SafeFileHandle file)
    {
        _file = file;
        using SliceStream all = new(_file, 0, RandomAccess.GetLength(_file));
        if (all.Length == 0) throw new ImageException("the file is empty");
        TarReader tar = new(all);
        while (tar.Next() is { } entry)
        {
            if (_members.Count >= MaxMembers) throw new ImageException($"more than {MaxMembers} members: not an image archive");
            if (entry.Sparse is not null) throw new ImageException($"'{ImageException.Printable(entry.Name)}' is stored as a sparse file, which an image archive can not be made of");
            // old docker archives link equal layers: <id>/layer.tar -> ../<id>/layer.tar
            string? link = entry.Type switch { '1' => Clean(entry.LinkName), '2' => Clean($"{entry.Name}/../{entry.LinkName}"), _ => null };
            if (entry.Type is '0' or '1' or '2') Add(Clean(entry.Name), (all.Position, entry.Size, link));
            if (all.Position > all.Length - entry.Size) throw new ImageException("truncated: the archive ends within a member");
        }
        if (_members.Count == 0) throw new ImageException("an archive without any file");
    }

    public Stream? TryOpen(string name) => PlaceOf(name) is { } place ? new SliceStream(_file, place.Offset, place.Length) : null;

    public BlobPlace? PlaceOf(string name)
    {
        name = Clean(name);
        for (int hops = 0; hops < 8 && _members.TryGetValue(name, out var member); hops++)
        {
            if (member.Link is null) return new BlobPlace(member.Offset, member.Size);
            name = member.Link;
        }
        return null;
    }

    public void Dispose()
    {
    }

    // two readers must not see two images: which of two equal names counts is nowhere written down
    private void Add(string name, (long, long, string?) member)
    {
        if (_members.TryAdd(name, member)) return;
        if (name.EndsWith(".json", StringComparison.Ordinal)) throw new ImageException($"'{ImageException.Printable(name[1..])}' is in it twice");
        _members[name] = member;
    }

    // only a key of the index: it never becomes a path of the host
    private static string Clean(string name) => Path.GetFullPath(name, "/");
}
