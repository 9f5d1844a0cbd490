namespace Sampan.Images.Layers.Index;

/// <summary>
/// A file with holes as chunks of one size: each is a hole, lies in the layer's tar as it is, or has to be put together in the index
/// from parts that do not lie at whole blocks there.
/// </summary>
internal sealed class IndexChunks
{
    private const int MinBits = 12;
    private const int WantedChunks = 1 << 14;

    private IndexChunks(int bits, int count) => (Bits, Addresses) = (bits, new long[count]);

    /// <summary>The chunk's size as a power of two.</summary>
    public int Bits { get; }

    /// <summary>For each chunk its offset in the tar; <see cref="HoleAddress"/>; or below that <see cref="Own"/> of its block in the index.</summary>
    public long[] Addresses { get; }

    public const long HoleAddress = -1;

    /// <summary>What has to be copied into the index: from an offset in the tar, to a block there and so many bytes behind its start.</summary>
    public List<(long From, uint Block, long Within, long Length)> Copies { get; } = [];

    /// <param name="nextBlock">The next free block of the index's data; advanced by what is put together.</param>
    public static IndexChunks Of(IndexInode file, ref uint nextBlock)
    {
        int bits = MinBits;
        while ((file.Size >> bits) > WantedChunks) bits++;
        long length = 1L << bits;
        IndexChunks chunks = new(bits, (int)((file.Size + length - 1) >> bits));
        IReadOnlyList<(long Offset, long Length)> parts = file.Sparse!.Parts;
        long stored = file.Offset;
        int part = 0;
        for (int i = 0; i < chunks.Addresses.Length; i++)
        {
            long start = (long)i << bits, end = Math.Min(start + length, file.Size);
            for (; part < parts.Count && parts[part].Offset + parts[part].Length <= start; part++) stored += parts[part].Length;
            chunks.Addresses[i] = chunks.Place(parts, part, stored, start, end, ref nextBlock);
        }
        return chunks;
    }

    /// <summary>A block of the index as an address; its own inverse.</summary>
    public static long Own(long block) => -2 - block;

    private long Place(IReadOnlyList<(long Offset, long Length)> parts, int part, long stored, long start, long end, ref uint nextBlock)
    {
        if (part == parts.Count || parts[part].Offset >= end) return HoleAddress;
        long direct = stored + (start - parts[part].Offset);
        if (parts[part].Offset <= start && parts[part].Offset + parts[part].Length >= end && direct % ErofsFormat.BlockBytes == 0) return direct;
        uint block = nextBlock;
        nextBlock = checked(nextBlock + (uint)ErofsFormat.BlocksOf(end - start));
        for (; part < parts.Count && parts[part].Offset < end; stored += parts[part].Length, part++)
        {
            long from = Math.Max(parts[part].Offset, start), to = Math.Min(parts[part].Offset + parts[part].Length, end);
            if (from < to) Copies.Add((stored + (from - parts[part].Offset), block, from - start, to - from));
        }
        return Own(block);
    }
}
