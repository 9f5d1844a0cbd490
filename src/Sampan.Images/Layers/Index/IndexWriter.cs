using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Sampan.Images.Layers.Index;

/// <summary>Writes the index of a merged tree: an EROFS image without content, which points into tars as its devices.</summary>
internal sealed class IndexWriter
{
    private readonly IndexLayout _layout;
    private readonly IReadOnlyList<LayerPlace> _layers;
    private readonly uint[] _firstBlocks;
    private readonly byte[] _block = new byte[ErofsFormat.BlockBytes];
    private uint _number;

    private IndexWriter(IndexLayout layout, IReadOnlyList<LayerPlace> layers, uint[] firstBlocks) =>
        (_layout, _layers, _firstBlocks) = (layout, layers, firstBlocks);

    /// <param name="output">An empty file.</param>
    /// <param name="root">Used up.</param>
    /// <param name="devices">Files with the tars, which the kernel gets in this order.</param>
    /// <param name="layers">For each layer where its tar is.</param>
    /// <param name="uuid">16 bytes.</param>
    public static void Write(SafeFileHandle output, IndexInode root, IReadOnlyList<SafeFileHandle> devices, IReadOnlyList<LayerPlace> layers, ReadOnlySpan<byte> uuid)
    {
        if (devices.Count > ErofsFormat.MaxDevices) throw new ImageException($"more than {ErofsFormat.MaxDevices} layers");
        IndexLayout layout = IndexLayout.Of(root, devices.Count);
        uint[] firstBlocks = new uint[devices.Count];
        byte[] head = new byte[ErofsFormat.RoundUp(ErofsFormat.SuperBlockOffset + ErofsFormat.SuperBlockBytes + ((long)devices.Count * ErofsFormat.DeviceSlotBytes), ErofsFormat.BlockBytes)];
        long next = layout.Blocks;
        for (int i = 0; i < devices.Count; i++)
        {
            long blocks = ErofsFormat.BlocksOf(RandomAccess.GetLength(devices[i]));
            if (next + blocks >= ErofsFormat.Hole) throw new ImageException("layers of more than 2 TiB");
            firstBlocks[i] = (uint)next;
            ErofsFormat.WriteDeviceSlot(head.AsSpan(ErofsFormat.SuperBlockOffset + ErofsFormat.SuperBlockBytes + (i * ErofsFormat.DeviceSlotBytes)), (uint)blocks, firstBlocks[i]);
            next += blocks;
        }
        ErofsFormat.WriteSuperBlock(head.AsSpan(ErofsFormat.SuperBlockOffset), root.Place, (ulong)layout.Inodes.Count, layout.Blocks, devices.Count, uuid);
        IndexWriter writer = new(layout, layers, firstBlocks);
        using (FileStream file = new(new SafeFileHandle(output.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 256 * 1024))
        {
            file.Write(head);
            foreach (IndexInode inode in layout.Inodes) writer.WriteInode(file, inode);
            file.Position = (long)layout.DataStart << ErofsFormat.BlockBits;
            foreach (IndexInode inode in layout.Inodes) writer.WriteData(file, inode);
        }
        writer.Copy(output, devices);
        // the last block as well must be there as a whole
        RandomAccess.SetLength(output, (long)layout.Blocks << ErofsFormat.BlockBits);
    }

    private void WriteInode(FileStream file, IndexInode inode)
    {
        Pad(file, inode.Place - file.Position);
        ErofsFormat.DataLayout layout = inode.Chunks is not null ? ErofsFormat.DataLayout.Chunks
            : inode.HasInlineTail ? ErofsFormat.DataLayout.InlineTail : ErofsFormat.DataLayout.Plain;
        Span<byte> bytes = stackalloc byte[ErofsFormat.InodeBytes];
        ErofsFormat.WriteInode(bytes, inode, layout, inode.Size, Special(inode), ++_number);
        file.Write(bytes);
        file.Write(inode.Attributes);
        if (inode.Chunks is { } chunks) WriteAddresses(file, inode, chunks);
        if (!inode.HasInlineTail) return;
        if (inode.Type == '2') file.Write(IndexLayout.Encode(inode.Link).AsSpan((int)(inode.Size - (inode.Size % ErofsFormat.BlockBytes))));
        else file.Write(Block(inode, IndexLayout.Split(inode.Names).Last()));
    }

    private uint Special(IndexInode inode) => inode.Type switch
    {
        '3' or '4' => ErofsFormat.DeviceNumber(inode),
        '0' when inode.Chunks is { } chunks => (uint)(chunks.Bits - ErofsFormat.BlockBits),
        '0' => inode.Size == 0 ? 0 : BlockInTar(inode.Layer, inode.Offset),
        '5' or '2' => _layout.DataStart + inode.DataBlock,
        _ => 0,
    };

    private uint BlockInTar(int layer, long offset)
    {
        LayerPlace place = _layers[layer];
        return checked(_firstBlocks[place.Device] + (uint)((place.Offset + offset) >> ErofsFormat.BlockBits));
    }

    private void WriteAddresses(FileStream file, IndexInode inode, IndexChunks chunks)
    {
        Span<byte> bytes = stackalloc byte[ErofsFormat.ChunkAddressBytes];
        foreach (long address in chunks.Addresses)
        {
            uint block = address switch
            {
                IndexChunks.HoleAddress => ErofsFormat.Hole,
                >= 0 => BlockInTar(inode.Layer, address),
                _ => _layout.DataStart + (uint)IndexChunks.Own(address),
            };
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, block);
            file.Write(bytes);
        }
    }

    /// <summary>The blocks of a directory or link that are not behind its inode.</summary>
    private void WriteData(FileStream file, IndexInode inode)
    {
        if (inode.Type is not ('5' or '2')) return;
        long start = (long)(_layout.DataStart + inode.DataBlock) << ErofsFormat.BlockBits;
        long length = inode.HasInlineTail ? inode.Size - (inode.Size % ErofsFormat.BlockBytes) : inode.Size;
        if (length == 0) return;
        if (file.Position != start) file.Position = start;
        if (inode.Type == '2') file.Write(IndexLayout.Encode(inode.Link).AsSpan(0, (int)length));
        else
        {
            foreach ((int First, int Count) part in IndexLayout.Split(inode.Names))
            {
                if (file.Position - start >= length) break;
                Pad(file, ErofsFormat.RoundUp(file.Position, ErofsFormat.BlockBytes) - file.Position);
                file.Write(Block(inode, part));
            }
        }
        Pad(file, ErofsFormat.RoundUp(file.Position, ErofsFormat.BlockBytes) - file.Position);
    }

    /// <summary>A block of a directory up to the end of its last name.</summary>
    private ReadOnlySpan<byte> Block(IndexInode directory, (int First, int Count) part)
    {
        int name = part.Count * ErofsFormat.DirectoryEntryBytes;
        for (int i = 0; i < part.Count; i++)
        {
            IndexName entry = directory.Names[part.First + i];
            ErofsFormat.WriteDirectoryEntry(_block.AsSpan(i * ErofsFormat.DirectoryEntryBytes), entry.Inode, name);
            entry.Bytes.CopyTo(_block, name);
            name += entry.Bytes.Length;
        }
        return _block.AsSpan(0, name);
    }

    private static void Pad(FileStream file, long count)
    {
        Span<byte> zeros = stackalloc byte[ErofsFormat.BlockBytes];
        zeros.Clear();
        for (; count > 0; count -= zeros.Length) file.Write(zeros[..(int)Math.Min(count, zeros.Length)]);
    }

    /// <summary>Puts together what does not lie at whole blocks in a tar; what is not written stays a hole of the index itself.</summary>
    private void Copy(SafeFileHandle output, IReadOnlyList<SafeFileHandle> devices)
    {
        byte[] buffer = new byte[256 * 1024];
        foreach (IndexInode inode in _layout.Inodes)
        {
            if (inode.Chunks is null) continue;
            LayerPlace place = _layers[inode.Layer];
            foreach ((long from, uint block, long within, long length) in inode.Chunks.Copies)
            {
                long to = ((long)(_layout.DataStart + block) << ErofsFormat.BlockBits) + within;
                for (long done = 0; done < length;)
                {
                    int count = RandomAccess.Read(devices[place.Device], buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)), place.Offset + from + done);
                    if (count == 0) throw new ImageException("truncated: the tar archive ends within a member");
                    RandomAccess.Write(output, buffer.AsSpan(0, count), to + done);
                    done += count;
                }
            }
        }
    }
}
