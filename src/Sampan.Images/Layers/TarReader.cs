namespace Sampan.Images.Layers;

/// <summary>
/// Reads a tar archive once from front to back: ustar, GNU long names, PAX (also global), base-256 numbers and sparse members of
/// GNU tar. Every extension is bounded, so an archive can not make this grow.
/// </summary>
internal sealed class TarReader(Stream stream)
{
    private const int BlockBytes = 512;
    private const int MaxExtensionBytes = 1024 * 1024;
    private readonly byte[] _header = new byte[BlockBytes];
    private readonly PaxRecords _global = new();
    private long _contentLeft;
    private long _padding;

    /// <summary>Bytes of the archive read so far: after <see cref="Next"/>, where the entry's content starts.</summary>
    public long Position { get; private set; }

    /// <summary>The next member, or null at the end. Content that was not read is skipped.</summary>
    public TarEntry? Next()
    {
        string? longName = null, longLink = null;
        PaxRecords? pax = null;
        for (int extensions = 0; ; extensions++)
        {
            if (extensions > 16) throw new ImageException("tar header: too many extension headers in a row");
            Skip();
            if (!ReadHeader()) return null;
            long size = TarNumber.Parse(_header.AsSpan(124, 12), "size");
            if (size < 0 || size > long.MaxValue - BlockBytes) throw new ImageException("tar header: size is out of range");
            char type = (char)_header[156];
            // links, devices, directories and fifos have no content, whatever the field says
            if (type is >= '1' and <= '6') size = 0;
            SetContent(size);
            switch (type)
            {
                case 'L': longName = TarText.OfField(ReadExtension()); continue;
                case 'K': longLink = TarText.OfField(ReadExtension()); continue;
                case 'x': (pax ??= _global.Copy()).Add(ReadExtension()); continue;
                case 'g': _global.Add(ReadExtension()); continue;
            }
            return MakeEntry(type, size, longName, longLink, pax ?? _global);
        }
    }

    /// <summary>Content of the current member, at most <paramref name="buffer"/>; 0 at its end.</summary>
    public int ReadContent(Span<byte> buffer)
    {
        if (_contentLeft == 0) return 0;
        int count = stream.Read(buffer[..(int)Math.Min(buffer.Length, _contentLeft)]);
        if (count == 0) throw Truncated();
        _contentLeft -= count;
        Position += count;
        return count;
    }

    private static ImageException Truncated() => new("truncated: the tar archive ends within a member");

    private static uint DeviceNumber(ReadOnlySpan<byte> field, uint max, string what)
    {
        long number = TarNumber.Parse(field, what);
        return number >= 0 && number <= max ? (uint)number : throw new ImageException($"tar header: {what} is out of range");
    }

    private TarEntry MakeEntry(char type, long size, string? longName, string? longLink, PaxRecords pax)
    {
        ReadOnlySpan<byte> header = _header;
        // the prefix field exists in POSIX archives only; GNU keeps other things there
        bool isPosix = header[257..263].SequenceEqual("ustar\0"u8);
        string name = pax.Text("GNU.sparse.name") ?? pax.Text("path") ?? longName ?? TarText.OfField(header[..100]);
        if (longName is null && isPosix && header[345] != 0 && pax.Text("path") is null && pax.Text("GNU.sparse.name") is null)
            name = $"{TarText.OfField(header[345..500])}/{name}";
        bool isOldSparse = type == 'S';
        if (type is '\0' or '7' or 'S') type = name.EndsWith('/') && !isOldSparse ? '5' : '0';
        TarEntry entry = new()
        {
            Name = name,
            LinkName = type is '1' or '2' ? pax.Text("linkpath") ?? longLink ?? TarText.OfField(header[157..257]) : "",
            Type = type,
            Mode = (uint)TarNumber.Parse(header[100..108], "mode") & 0xfff,
            Uid = pax.Number("uid") ?? TarNumber.Parse(header[108..116], "uid"),
            Gid = pax.Number("gid") ?? TarNumber.Parse(header[116..124], "gid"),
            Size = size,
            Seconds = TarNumber.Parse(header[136..148], "mtime"),
            Major = type is '3' or '4' ? DeviceNumber(header[329..337], 0xfff, "major") : 0,
            Minor = type is '3' or '4' ? DeviceNumber(header[337..345], 0xfffff, "minor") : 0,
        };
        if (isOldSparse) entry.Sparse = SparseMap.OfOldHeader(_header, ReadExtensionBlock);
        if (!pax.IsEmpty) ApplyPax(entry, pax);
        if (type == '0') entry.Sparse?.Check(entry.Size = _contentLeft);
        return entry;
    }

    private void ApplyPax(TarEntry entry, PaxRecords pax)
    {
        if (pax.Time("mtime") is { } time) (entry.Seconds, entry.Nanoseconds) = time;
        if (entry.Type is not (>= '1' and <= '6') && pax.Number("size") is { } size)
        {
            if (size > long.MaxValue - BlockBytes) throw new ImageException("tar header: size is out of range");
            entry.Size = size;
            SetContent(size);
        }
        if (entry.Type == '0') entry.Sparse ??= pax.Sparse(ReadContentBlock);
        entry.Attributes = pax.Attributes();
    }

    /// <summary>A block between header and content that no size counts.</summary>
    private byte[] ReadExtensionBlock()
    {
        byte[] block = new byte[BlockBytes];
        if (stream.ReadAtLeast(block, BlockBytes, throwOnEndOfStream: false) < BlockBytes) throw Truncated();
        Position += BlockBytes;
        return block;
    }

    private byte[] ReadContentBlock()
    {
        if (_contentLeft < BlockBytes) throw new ImageException("tar header: malformed sparse map");
        byte[] block = new byte[BlockBytes];
        for (int done = 0; done < BlockBytes;) done += ReadContent(block.AsSpan(done));
        return block;
    }

    private void SetContent(long size)
    {
        _contentLeft = size;
        _padding = (BlockBytes - (size % BlockBytes)) % BlockBytes;
    }

    private byte[] ReadExtension()
    {
        if (_contentLeft > MaxExtensionBytes) throw new ImageException($"tar header: extension of {_contentLeft} bytes, limit {MaxExtensionBytes}");
        byte[] content = new byte[_contentLeft];
        for (int done = 0; done < content.Length;) done += ReadContent(content.AsSpan(done));
        return content;
    }

    private void Skip()
    {
        long count = _contentLeft + _padding;
        // umoci leaves out the padding of the last member: only lost content is an error, the digest covers the rest
        long padding = _padding;
        _contentLeft = _padding = 0;
        if (count == 0) return;
        Position += count;
        if (stream.CanSeek)
        {
            if (stream.Position > stream.Length - (count - padding)) throw Truncated();
            stream.Seek(count, SeekOrigin.Current);
            return;
        }
        byte[] buffer = new byte[Math.Min(count, 64 * 1024)];
        while (count > 0)
        {
            int read = stream.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, count)));
            if (read == 0 && count <= padding) return;
            if (read == 0) throw Truncated();
            count -= read;
        }
    }

    private bool ReadHeader()
    {
        int count = stream.ReadAtLeast(_header, BlockBytes, throwOnEndOfStream: false);
        Position += count;
        // many writers leave out the two empty blocks that should end an archive
        if (count == 0) return false;
        if (count < BlockBytes) throw Truncated();
        if (!_header.AsSpan().ContainsAnyExcept((byte)0)) return false;
        long sum = 8 * ' ';
        for (int i = 0; i < BlockBytes; i++) sum += i is >= 148 and < 156 ? 0 : _header[i];
        // as it should stand there: six octal digits, filled up with zeros or spaces
        if (!TarNumber.TryParseOctal(_header.AsSpan(148, 8), out long written) || written != sum)
            throw new ImageException("not a tar archive, or damaged: wrong header checksum");
        return true;
    }
}
