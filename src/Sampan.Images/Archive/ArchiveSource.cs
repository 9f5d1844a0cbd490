using Microsoft.Win32.SafeHandles;
using Sampan.Images.Layers;

namespace Sampan.Images.Archive;

/// <summary>A tar archive on disk, read in place: an index of names and offsets, content by pread(2).</summary>
internal sealed class ArchiveSource : IBlobSource
{
    private const int MaxMembers = 100_000;
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, (long Offset, long Size, string? Link)> _members = [];

    public ArchiveSource(string path)
    {
        _file = File.OpenHandle(path);
        using SliceStream all = new(_file, 0, RandomAccess.GetLength(_file));
        TarReader tar = new(all);
        while (tar.Next() is { } entry)
        {
            if (_members.Count >= MaxMembers) throw new ImageException($"more than {MaxMembers} members: not an image archive");
            // old docker archives link equal layers: <id>/layer.tar -> ../<id>/layer.tar
            string? link = entry.Type switch { '1' => Clean(entry.LinkName), '2' => Clean($"{entry.Name}/../{entry.LinkName}"), _ => null };
            if (entry.Type is '0' or '1' or '2') _members[Clean(entry.Name)] = (all.Position, entry.Size, link);
            if (all.Position > all.Length - entry.Size) throw new ImageException("truncated: the archive ends within a member");
        }
    }

    public Stream? TryOpen(string name)
    {
        name = Clean(name);
        for (int hops = 0; hops < 8 && _members.TryGetValue(name, out var member); hops++)
        {
            if (member.Link is null) return new SliceStream(_file, member.Offset, member.Size);
            name = member.Link;
        }
        return null;
    }

    public void Dispose() => _file.Dispose();

    // only a key of the index: it never becomes a path of the host
    private static string Clean(string name) => Path.GetFullPath(name, "/");
}
