namespace Sampan.Images.Layers.Index;

/// <summary>A file of an image while its index is made. Hard links are one of these under several names.</summary>
/// <param name="type">As in a tar: '0' file, '2' symbolic link, '3' and '4' devices, '5' directory, '6' fifo; or <see cref="Whiteout"/>.</param>
internal sealed class IndexInode(char type)
{
    private static readonly Dictionary<string, IndexInode> None = [];

    /// <summary>A name that hides what the layers below have there; none is left in a merged tree.</summary>
    public const char Whiteout = 'w';

    public char Type { get; } = type;

    public bool IsDirectory => Type == '5';

    /// <summary>Permission bits.</summary>
    public uint Mode { get; set; } = 0x1ed;

    public uint Uid { get; set; }

    public uint Gid { get; set; }

    /// <summary>Modification time, seconds since 1970 and nanoseconds.</summary>
    public long Seconds { get; set; }

    public uint Nanoseconds { get; set; }

    /// <summary>Target of a symbolic link; of a whiteout the name by which the layer wrote it.</summary>
    public string Link { get; init; } = "";

    public uint Major { get; init; }

    public uint Minor { get; init; }

    /// <summary>Extended attributes as they stand in the index (<see cref="IndexAttributes"/>); empty where there are none.</summary>
    public byte[] Attributes { get; set; } = [];

    /// <summary>Which layer has the content, counted from 0 at the bottom.</summary>
    public int Layer { get; init; }

    /// <summary>Where in the layer's tar the content begins.</summary>
    public long Offset { get; init; }

    public long Size { get; set; }

    /// <summary>Where the content belongs in a file with holes; null for a file without.</summary>
    public SparseMap? Sparse { get; init; }

    /// <summary>Of a directory only.</summary>
    public Dictionary<string, IndexInode> Children { get; } = type == '5' ? [] : None;

    /// <summary>Of a directory only; the root is its own.</summary>
    public IndexInode? Parent { get; set; }

    /// <summary>A directory of which nothing in the layers below shows.</summary>
    public bool IsOpaque { get; set; }

    /// <summary>A directory that the layer itself describes; the others are only there because something lies in them.</summary>
    public bool IsDescribed { get; set; }

    /// <summary>Names of this inode, or of a directory 2 and its subdirectories; counted by the layout.</summary>
    public uint Links { get; set; }

    /// <summary>Where in the index the inode stands, in bytes; 0 until it is laid out.</summary>
    public long Place { get; set; }

    /// <summary>Where in the index's data its blocks are, counted from the first block of the data.</summary>
    public uint DataBlock { get; set; }

    /// <summary>A directory's names in the order of the index.</summary>
    public IndexName[] Names { get; set; } = [];

    /// <summary>Of a file with holes: one for each chunk.</summary>
    public IndexChunks? Chunks { get; set; }

    public bool HasInlineTail { get; set; }
}
