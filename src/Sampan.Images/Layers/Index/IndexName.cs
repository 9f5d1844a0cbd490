namespace Sampan.Images.Layers.Index;

/// <summary>An entry of a directory: a name of 1 to 255 bytes, and what it names.</summary>
internal readonly record struct IndexName(byte[] Bytes, IndexInode Inode) : IComparable<IndexName>
{
    /// <summary>By bytes, as the kernel looks for it.</summary>
    public int CompareTo(IndexName other) => Bytes.AsSpan().SequenceCompareTo(other.Bytes);
}
