using System.Globalization;

namespace Sampan.Images.Layers;

/// <summary>
/// Where the stored bytes of a sparse member belong; the rest of it are holes. Written by GNU tar in its old header (type S) and in
/// three versions of PAX records: "Storing Sparse Files" in its manual.
/// </summary>
internal sealed class SparseMap
{
    private const int MaxParts = 256 * 1024;
    private const long MaxRealBytes = 1L << 40;
    private const int OldHeaderParts = 4;
    private const int OldExtensionParts = 21;
    private readonly List<(long Offset, long Length)> _parts = [];

    private SparseMap(long realSize)
    {
        if (realSize is < 0 or > MaxRealBytes) throw new ImageException($"tar header: sparse file of {realSize} bytes, limit {MaxRealBytes}");
        RealSize = realSize;
    }

    /// <summary>The file's size with its holes.</summary>
    public long RealSize { get; }

    /// <summary>In ascending order, without overlaps, within <see cref="RealSize"/>.</summary>
    public IReadOnlyList<(long Offset, long Length)> Parts => _parts;

    /// <summary>Type S: four parts in the header, more in blocks that follow it.</summary>
    /// <param name="header">The member's header, 512 bytes.</param>
    /// <param name="readBlock">Reads the next 512 bytes of the archive.</param>
    public static SparseMap OfOldHeader(ReadOnlySpan<byte> header, Func<byte[]> readBlock)
    {
        SparseMap map = new(TarNumber.Parse(header[483..495], "real size"));
        map.AddOld(header[386..482], OldHeaderParts);
        bool isExtended = header[482] != 0;
        while (isExtended)
        {
            byte[] block = readBlock();
            map.AddOld(block, OldExtensionParts);
            isExtended = block[504] != 0;
        }
        return map;
    }

    /// <summary>PAX 0.0 and 0.1: the map is a list of numbers, offset and length in turn.</summary>
    public static SparseMap OfNumbers(long realSize, string numbers)
    {
        SparseMap map = new(realSize);
        string[] texts = numbers.Length == 0 ? [] : numbers.Split(',', (2 * MaxParts) + 2);
        if (texts.Length % 2 != 0) throw new ImageException("tar header: sparse map with an odd count of numbers");
        for (int i = 0; i < texts.Length; i += 2) map.Add(Number(texts[i]), Number(texts[i + 1]));
        return map;
    }

    /// <summary>PAX 1.0: count, offsets and lengths stand in lines before the content, filled up to whole blocks.</summary>
    public static SparseMap OfContent(long realSize, Func<byte[]> readBlock)
    {
        SparseMap map = new(realSize);
        byte[] block = [];
        int position = 0;
        long NextLine()
        {
            string line = "";
            while (true)
            {
                if (position == block.Length) (block, position) = (readBlock(), 0);
                char c = (char)block[position++];
                if (c == '\n') return Number(line);
                if (line.Length == 20) throw new ImageException("tar header: malformed sparse map");
                line += c;
            }
        }

        long count = NextLine();
        if (count > MaxParts) throw TooManyParts();
        for (long i = 0; i < count; i++) map.Add(NextLine(), NextLine());
        return map;
    }

    /// <summary>The parts must cover what the archive holds, no more and no less.</summary>
    public void Check(long storedBytes)
    {
        long sum = 0;
        foreach ((_, long length) in _parts) sum += length;
        if (sum != storedBytes) throw new ImageException($"tar header: sparse map of {sum} bytes, but {storedBytes} are stored");
    }

    private static ImageException TooManyParts() => new($"tar header: sparse map of more than {MaxParts} parts");

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
            : throw new ImageException("tar header: malformed sparse map");

    private void AddOld(ReadOnlySpan<byte> fields, int count)
    {
        for (int i = 0; i < count; i++, fields = fields[24..])
        {
            // an empty field ends the list
            if (fields[0] == 0) return;
            Add(TarNumber.Parse(fields[..12], "sparse offset"), TarNumber.Parse(fields[12..24], "sparse length"));
        }
    }

    private void Add(long offset, long length)
    {
        long end = _parts.Count == 0 ? 0 : _parts[^1].Offset + _parts[^1].Length;
        if (offset < end || length < 0 || offset > RealSize || length > RealSize - offset)
            throw new ImageException("tar header: sparse map out of order or beyond the file's end");
        if (_parts.Count == MaxParts) throw TooManyParts();
        _parts.Add((offset, length));
    }
}
