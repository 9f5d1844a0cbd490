using System.Globalization;
using System.Text;

namespace Sampan.Images.Layers;

/// <summary>
/// Records of PAX headers, pax(1): <c>LENGTH KEY=VALUE\n</c>, where the value is any bytes. Those of a member stand over the global
/// ones. An empty value takes a global one back.
/// </summary>
internal sealed class PaxRecords
{
    private const string AttributePrefix = "SCHILY.xattr.";
    private const int MaxRecords = 1024;
    private const int MaxBytes = 4 * 1024 * 1024;
    private readonly Dictionary<string, byte[]> _values;
    private readonly StringBuilder _sparseNumbers = new();
    private int _bytes;

    public PaxRecords() => _values = [];

    private PaxRecords(Dictionary<string, byte[]> values, int bytes) => (_values, _bytes) = (values, bytes);

    public bool IsEmpty => _values.Count == 0;

    /// <summary>A copy that a member's own records can be added to.</summary>
    public PaxRecords Copy() => new(new Dictionary<string, byte[]>(_values), _bytes);

    public void Add(ReadOnlySpan<byte> records)
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
            Set(TarText.Of(record[..equals]), record[(equals + 1)..]);
            records = records[length..];
        }
    }

    /// <summary>A name; null where there is none.</summary>
    public string? Text(string key) => _values.TryGetValue(key, out byte[]? value) ? TarText.Of(value) : null;

    /// <summary>A number of decimal digits; null where there is none.</summary>
    public long? Number(string key)
    {
        if (!_values.TryGetValue(key, out byte[]? text)) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
            : throw new ImageException($"tar header: {ImageException.Printable(key)} is no number");
    }

    /// <summary>Seconds since 1970 with a fraction; only nanoseconds of it are kept.</summary>
    public (long Seconds, long Nanoseconds)? Time(string key)
    {
        if (Text(key) is not { } text) return null;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out decimal time) || Math.Abs(time) > 1_000_000_000_000m)
            throw new ImageException($"tar header: {key} is no number");
        decimal seconds = Math.Floor(time);
        return ((long)seconds, (long)((time - seconds) * 1_000_000_000m));
    }

    /// <summary>Extended attributes by name.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Attributes()
    {
        List<KeyValuePair<string, byte[]>> attributes = [];
        foreach ((string key, byte[] value) in _values)
        {
            if (key.StartsWith(AttributePrefix, StringComparison.Ordinal)) attributes.Add(new(key[AttributePrefix.Length..], value));
        }
        return attributes;
    }

    /// <summary>The map of a sparse member in any of its three versions; null for other members.</summary>
    /// <param name="readBlock">Reads the next 512 bytes of the member's content: version 1.0 keeps its map there.</param>
    public SparseMap? Sparse(Func<byte[]> readBlock)
    {
        if (Number("GNU.sparse.major") is { } major)
        {
            if (major != 1 || Number("GNU.sparse.minor") is not 0) throw new ImageException("tar header: unknown version of sparse member");
            return SparseMap.OfContent(Number("GNU.sparse.realsize") ?? throw NoSize(), readBlock);
        }
        string? map = _sparseNumbers.Length > 0 ? _sparseNumbers.ToString() : Text("GNU.sparse.map");
        if (map is null && !_values.ContainsKey("GNU.sparse.size")) return null;
        return SparseMap.OfNumbers(Number("GNU.sparse.size") ?? throw NoSize(), map ?? "");
    }

    private static ImageException NoSize() => new("tar header: sparse member without its size");

    private void Set(string key, ReadOnlySpan<byte> value)
    {
        // global records add up over a whole archive; what was replaced counts too
        _bytes += key.Length + value.Length;
        if (_bytes > MaxBytes) throw new ImageException($"tar header: more than {MaxBytes} bytes of PAX records");
        // version 0.0 repeats these two keys, one pair for each part
        if (key is "GNU.sparse.offset" or "GNU.sparse.numbytes")
        {
            if (_sparseNumbers.Length > 0) _sparseNumbers.Append(',');
            _sparseNumbers.Append(Encoding.Latin1.GetString(value));
            return;
        }
        if (value.IsEmpty && !key.StartsWith(AttributePrefix, StringComparison.Ordinal))
        {
            _values.Remove(key);
            return;
        }
        if (_values.Count >= MaxRecords) throw new ImageException($"tar header: more than {MaxRecords} PAX records");
        _values[key] = value.ToArray();
    }
}
