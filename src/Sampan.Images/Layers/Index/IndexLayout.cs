using System.Text;
using Sampan.Linux.Files;

namespace Sampan.Images.Layers.Index;

/// <summary>
/// Gives every inode of a tree its place. The index is: super block and devices; the inodes, a directory's children in a row; the blocks
/// of data that are not in a tar, which are names and long link targets.
/// </summary>
internal sealed class IndexLayout
{
    private readonly Queue<IndexInode> _open = new();
    private long _place;
    private uint _dataBlocks;

    private IndexLayout(int devices) =>
        _place = ErofsFormat.RoundUp(ErofsFormat.SuperBlockOffset + ErofsFormat.SuperBlockBytes + ((long)devices * ErofsFormat.DeviceSlotBytes), ErofsFormat.BlockBytes);

    /// <summary>In the order of their places; the root is the first.</summary>
    public List<IndexInode> Inodes { get; } = [];

    /// <summary>The first block behind the inodes: where the data begins.</summary>
    public uint DataStart => checked((uint)ErofsFormat.BlocksOf(_place));

    /// <summary>Blocks of the whole index.</summary>
    public uint Blocks => checked(DataStart + _dataBlocks);

    public static IndexLayout Of(IndexInode root, int devices)
    {
        IndexLayout layout = new(devices);
        layout.Put(root);
        while (layout._open.TryDequeue(out IndexInode? directory))
        {
            foreach (IndexName name in directory.Names)
            {
                if (name.Inode == directory || name.Inode == directory.Parent) continue;
                if (name.Inode.Place == 0) layout.Put(name.Inode);
                if (name.Inode.IsDirectory) directory.Links++;
                else name.Inode.Links++;
            }
        }
        return layout;
    }

    /// <summary>How a directory's names fall into blocks: the first and how many.</summary>
    public static IEnumerable<(int First, int Count)> Split(IndexName[] names)
    {
        int first = 0, used = 0;
        for (int i = 0; i < names.Length; i++)
        {
            int bytes = ErofsFormat.DirectoryEntryBytes + names[i].Bytes.Length;
            if (used + bytes > ErofsFormat.BlockBytes)
            {
                yield return (first, i - first);
                (first, used) = (i, 0);
            }
            used += bytes;
        }
        yield return (first, names.Length - first);
    }

    private void Put(IndexInode inode)
    {
        int head = ErofsFormat.InodeBytes + inode.Attributes.Length;
        if (inode.IsDirectory) Open(inode);
        if (inode.Type == '2') inode.Size = Encode(inode.Link).Length;
        if (inode.Type == '0' && inode.Sparse is not null && inode.Size > 0)
        {
            inode.Chunks = IndexChunks.Of(inode, ref _dataBlocks);
            // the addresses begin at a multiple of their size, which head is
            head += inode.Chunks.Addresses.Length * ErofsFormat.ChunkAddressBytes;
        }
        int tail = inode.IsDirectory || inode.Type == '2' ? (int)(inode.Size % ErofsFormat.BlockBytes) : 0;
        // the tail must not cross the end of a block
        inode.HasInlineTail = tail > 0 && (head % ErofsFormat.BlockBytes) + tail <= ErofsFormat.BlockBytes;
        long place = ErofsFormat.RoundUp(_place, ErofsFormat.InodeUnit);
        int within = (int)(place % ErofsFormat.BlockBytes);
        bool crosses = within + ErofsFormat.InodeBytes > ErofsFormat.BlockBytes
            || (inode.HasInlineTail && ((within + head) % ErofsFormat.BlockBytes) + tail > ErofsFormat.BlockBytes);
        inode.Place = crosses ? ErofsFormat.RoundUp(place, ErofsFormat.BlockBytes) : place;
        _place = inode.Place + head + (inode.HasInlineTail ? tail : 0);
        if (inode.IsDirectory || inode.Type == '2')
        {
            inode.DataBlock = _dataBlocks;
            _dataBlocks = checked(_dataBlocks + (uint)(inode.HasInlineTail ? inode.Size / ErofsFormat.BlockBytes : ErofsFormat.BlocksOf(inode.Size)));
        }
        Inodes.Add(inode);
    }

    public static byte[] Encode(string name)
    {
        if (!name.AsSpan().ContainsAnyExceptInRange('\0', '\x7f')) return Encoding.ASCII.GetBytes(name);
        byte[] bytes = new byte[FileNames.ByteCountMax(name)];
        return bytes[..FileNames.Encode(name, bytes)];
    }

    private void Open(IndexInode directory)
    {
        IndexName[] names = new IndexName[directory.Children.Count + 2];
        (names[0], names[1]) = (new("."u8.ToArray(), directory), new(".."u8.ToArray(), directory.Parent!));
        int count = 2;
        foreach ((string name, IndexInode child) in directory.Children) names[count++] = new IndexName(Encode(name), child);
        Array.Sort(names);
        directory.Names = names;
        directory.Links = 2;
        long size = 0;
        foreach ((int first, int length) in Split(names))
        {
            // only the last block may be less than full
            size = ErofsFormat.RoundUp(size, ErofsFormat.BlockBytes);
            foreach (IndexName name in names.AsSpan(first, length)) size += ErofsFormat.DirectoryEntryBytes + name.Bytes.Length;
        }
        directory.Size = size;
        _open.Enqueue(directory);
    }
}
