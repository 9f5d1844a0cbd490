namespace Sampan.Images.Layers;

/// <summary>One member of a tar archive, with the extensions already applied.</summary>
internal sealed class TarEntry
{
    public required string Name { get; set; }

    public string LinkName { get; set; } = "";

    /// <summary>The type flag of ustar: '0' file, '1' hard link, '2' symbolic link, '3' and '4' devices, '5' directory, '6' fifo.</summary>
    public required char Type { get; init; }

    /// <summary>Permission bits, 0 to 0xfff.</summary>
    public required uint Mode { get; init; }

    public long Uid { get; set; }

    public long Gid { get; set; }

    /// <summary>Bytes of content that follow in the archive.</summary>
    public long Size { get; set; }

    /// <summary>Where the content belongs in a file with holes; null for a file without.</summary>
    public SparseMap? Sparse { get; set; }

    /// <summary>Modification time, seconds since 1970 and nanoseconds.</summary>
    public long Seconds { get; set; }

    public long Nanoseconds { get; set; }

    public uint Major { get; init; }

    public uint Minor { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]>> Attributes { get; set; } = [];
}
