using System.Buffers.Binary;

namespace Sampan.Images.Layers.Index;

/// <summary>
/// The parts of an EROFS image that an index has: Documentation/filesystems/erofs.rst and "Core on-disk format" of the EROFS project.
/// All numbers are little endian. Blocks are 512 bytes, as in a tar, so that the content of a tar's members can be pointed at.
/// </summary>
internal static class ErofsFormat
{
    public const int BlockBits = 9;
    public const int BlockBytes = 1 << BlockBits;
    public const int SuperBlockOffset = 1024;
    public const int SuperBlockBytes = 128;
    public const int DeviceSlotBytes = 128;
    public const int InodeBytes = 64;

    /// <summary>An inode's number is its place in units of this.</summary>
    public const int InodeUnit = 32;

    public const int DirectoryEntryBytes = 12;
    public const int ChunkAddressBytes = 4;

    /// <summary>In place of a block's address: zeros.</summary>
    public const uint Hole = uint.MaxValue;

    /// <summary>The root's inode has a number of 16 bits.</summary>
    public const int MaxDevices = 4096;

    private const uint Magic = 0xe0f5e1e2;
    private const uint HasModificationTimes = 0x2;
    private const uint HasChunkedFiles = 0x4;
    private const uint HasDevices = 0x8;
    private const int Extended = 1;

    /// <summary>How the content of an inode is found.</summary>
    public enum DataLayout
    {
        /// <summary>Blocks in a row.</summary>
        Plain = 0,

        /// <summary>Blocks in a row, and what does not fill the last one behind the inode.</summary>
        InlineTail = 2,

        /// <summary>An address for each chunk, behind the inode.</summary>
        Chunks = 4,
    }

    public static long RoundUp(long value, int unit) => (value + unit - 1) / unit * unit;

    public static long BlocksOf(long bytes) => (bytes + BlockBytes - 1) >> BlockBits;

    public static void WriteSuperBlock(Span<byte> to, long rootPlace, ulong inodes, uint blocks, int devices, ReadOnlySpan<byte> uuid)
    {
        to[..SuperBlockBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], HasModificationTimes);
        to[12] = BlockBits;
        BinaryPrimitives.WriteUInt16LittleEndian(to[14..], checked((ushort)(rootPlace / InodeUnit)));
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], inodes);
        BinaryPrimitives.WriteUInt32LittleEndian(to[36..], blocks);
        uuid[..16].CopyTo(to[48..]);
        BinaryPrimitives.WriteUInt32LittleEndian(to[80..], HasChunkedFiles | (devices > 0 ? HasDevices : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(to[86..], checked((ushort)devices));
        // counted in slots
        BinaryPrimitives.WriteUInt16LittleEndian(to[88..], (SuperBlockOffset + SuperBlockBytes) / DeviceSlotBytes);
    }

    /// <param name="blocks">Blocks of the device.</param>
    /// <param name="firstBlock">Where the first of them stands in the one row of blocks that index and devices make together.</param>
    public static void WriteDeviceSlot(Span<byte> to, uint blocks, uint firstBlock)
    {
        to[..DeviceSlotBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to[64..], blocks);
        BinaryPrimitives.WriteUInt32LittleEndian(to[68..], firstBlock);
    }

    /// <param name="special">First block, device number, or how chunks are counted, after the layout and the type.</param>
    public static void WriteInode(Span<byte> to, IndexInode inode, DataLayout layout, long size, uint special, uint number)
    {
        to[..InodeBytes].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)(Extended | ((int)layout << 1)));
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], IndexAttributes.CountOf(inode.Attributes));
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], (ushort)(inode.Mode | TypeBits(inode.Type)));
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], size);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], special);
        BinaryPrimitives.WriteUInt32LittleEndian(to[20..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(to[24..], inode.Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], inode.Gid);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], inode.Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(to[40..], inode.Nanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(to[44..], inode.Links);
    }

    /// <param name="nameOffset">Where in the block the name begins; it ends where the next one begins.</param>
    public static void WriteDirectoryEntry(Span<byte> to, IndexInode inode, int nameOffset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, inode.Place / InodeUnit);
        BinaryPrimitives.WriteUInt16LittleEndian(to[8..], (ushort)nameOffset);
        to[10] = inode.Type switch { '0' => 1, '5' => 2, '3' => 3, '4' => 4, '6' => 5, _ => 7 };
        to[11] = 0;
    }

    /// <summary>As the kernel packs a device's numbers into 32 bits.</summary>
    public static uint DeviceNumber(IndexInode inode) => (inode.Minor & 0xff) | (inode.Major << 8) | ((inode.Minor & ~0xffu) << 12);

    private static uint TypeBits(char type) => type switch
    {
        '0' => 0x8000,
        '2' => 0xa000,
        '3' => 0x2000,
        '4' => 0x6000,
        '5' => 0x4000,
        _ => 0x1000,
    };
}
