using System.Globalization;
using System.Text;

namespace Sampan.Images.Layers;

/// <summary>
/// Reads a tar archive once from front to back: ustar, GNU long names, PAX (also global) and base-256 numbers. Sparse members
/// are refused: no tool that makes layers writes them. Every extension is bounded, so an archive can not make this grow.
/// </summary>
internal sealed class TarReader(Stream stream)
{
    private const int BlockBytes = 512;
    private const int MaxExtensionBytes = 1024 * 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly byte[] _header = new byte[BlockBytes];
    private Dictionary<string, byte[]> _global = [];
    private long _contentLeft;
    private long _padding;

    /// <summary>Bytes of the archive read so far: after <see cref="Next"/>, where the entry's content starts.</summary>
    public long Position { get; private set; }

    /// <summary>The next member, or null at the end. Content that was not read is skipped.</summary>
    public TarEntry? Next()
    {
        string? longName = null, longLink = null;
        Dictionary<string, byte[]>? pax = null;
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
                case 'L': longName = Text(TrimNull(ReadExtension())); continue;
                case 'K': longLink = Text(TrimNull(ReadExtension())); continue;
                case 'x': pax = ParsePax(ReadExtension(), new Dictionary<string, byte[]>(_global)); continue;
                case 'g': _global = ParsePax(ReadExtension(), _global); continue;
                case 'S': throw new ImageException("tar header: GNU sparse members are not supported");
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

    private static ReadOnlySpan<byte> TrimNull(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf((byte)0) >= 0) throw new ImageException("tar header: a name contains a null byte");
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new ImageException($"tar header: the name '{ImageException.Printable(Encoding.Latin1.GetString(bytes))}' is not UTF-8");
        }
    }

    private static Dictionary<string, byte[]> ParsePax(ReadOnlySpan<byte> records, Dictionary<string, byte[]> into)
    {
        while (!records.IsEmpty)
        {
            int space = records.IndexOf((byte)' ');
            if (space is < 1 or > 7 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length <= space + 2 || length > records.Length || records[length - 1] != '\n')
                throw new ImageException("tar header: malformed PAX record");
            ReadOnlySpan<byte> record = records[(space + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals < 1) throw new ImageException("tar header: malformed PAX record");
            if (into.Count >= 1024) throw new ImageException("tar header: too many PAX records");
            into[Text(record[..equals])] = record[(equals + 1)..].ToArray();
            records = records[length..];
        }
        return into;
    }

    private static void ParseTime(string text, TarEntry entry)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out decimal time) || Math.Abs(time) > 1_000_000_000_000m)
            throw new ImageException("tar header: mtime is no number");
        decimal seconds = Math.Floor(time);
        entry.Seconds = (long)seconds;
        entry.Nanoseconds = (long)((time - seconds) * 1_000_000_000m);
    }

    private static long ParseDecimal(byte[] text, string what) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
            : throw new ImageException($"tar header: {what} is no number");

    private TarEntry MakeEntry(char type, long size, string? longName, string? longLink, Dictionary<string, byte[]> pax)
    {
        ReadOnlySpan<byte> header = _header;
        string name = longName ?? "";
        if (longName is null && !pax.ContainsKey("path"))
        {
            name = Text(TrimNull(header[..100]));
            // the prefix field exists in POSIX archives only; GNU keeps other things there
            if (header[257..263].SequenceEqual("ustar\0"u8) && header[345] != 0) name = $"{Text(TrimNull(header[345..500]))}/{name}";
        }
        if (type is '\0' or '7') type = name.EndsWith('/') ? '5' : '0';
        TarEntry entry = new()
        {
            Name = name,
            LinkName = longLink ?? (type is '1' or '2' && !pax.ContainsKey("linkpath") ? Text(TrimNull(header[157..257])) : ""),
            Type = type,
            Mode = (uint)TarNumber.Parse(header[100..108], "mode") & 0xfff,
            Uid = TarNumber.Parse(header[108..116], "uid"),
            Gid = TarNumber.Parse(header[116..124], "gid"),
            Size = size,
            Seconds = TarNumber.Parse(header[136..148], "mtime"),
            Major = type is '3' or '4' ? (uint)TarNumber.Parse(header[329..337], "major") : 0,
            Minor = type is '3' or '4' ? (uint)TarNumber.Parse(header[337..345], "minor") : 0,
        };
        if (pax.Count > 0) ApplyPax(entry, pax);
        return entry;
    }

    private void ApplyPax(TarEntry entry, Dictionary<string, byte[]> pax)
    {
        List<KeyValuePair<string, byte[]>>? attributes = null;
        foreach ((string key, byte[] value) in pax)
        {
            if (key.StartsWith("GNU.sparse.", StringComparison.Ordinal))
                throw new ImageException("tar header: sparse members are not supported");
            if (key.StartsWith("SCHILY.xattr.", StringComparison.Ordinal))
                (attributes ??= []).Add(new(key["SCHILY.xattr.".Length..], value));
            else if (key == "path") entry.Name = Text(value);
            else if (key == "linkpath") entry.LinkName = Text(value);
            else if (key == "uid") entry.Uid = ParseDecimal(value, "uid");
            else if (key == "gid") entry.Gid = ParseDecimal(value, "gid");
            else if (key == "mtime") ParseTime(Text(value), entry);
            else if (key == "size" && entry.Type is not (>= '1' and <= '6'))
            {
                long size = ParseDecimal(value, "size");
                if (size > long.MaxValue - BlockBytes) throw new ImageException("tar header: size is out of range");
                entry.Size = size;
                SetContent(size);
            }
        }
        if (attributes is not null) entry.Attributes = attributes;
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
        if (TarNumber.Parse(_header.AsSpan(148, 8), "checksum") != sum) throw new ImageException("not a tar archive, or damaged: wrong header checksum");
        return true;
    }
}
