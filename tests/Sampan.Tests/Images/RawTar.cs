using System.Globalization;
using System.Text;

namespace Sampan.Tests.Images;

/// <summary>Writes a tar archive byte by byte, also one that no tool would write.</summary>
internal sealed class RawTar
{
    private readonly List<byte> _bytes = [];

    public RawTar File(string name, string text, uint mode = 0x1a4) => Add(name, '0', Encoding.UTF8.GetBytes(text), mode: mode);

    public RawTar Folder(string name, uint mode = 0x1ed) => Add(name, '5', mode: mode);

    public RawTar Link(string name, string target) => Add(name, '2', link: target);

    public RawTar HardLink(string name, string target) => Add(name, '1', link: target);

    public RawTar Node(string name, char type, int major, int minor) => Add(name, type, devices: (major, minor));

    public RawTar Add(string name, char type, byte[]? content = null, string link = "", uint mode = 0x1a4, (int Major, int Minor) devices = default,
        Action<byte[]>? change = null)
    {
        byte[] header = new byte[512];
        byte[] nameBytes = Encoding.Latin1.GetBytes(name);
        nameBytes.AsSpan(0, Math.Min(100, nameBytes.Length)).CopyTo(header);
        Octal(header, 100, 8, mode);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        Octal(header, 124, 12, content?.Length ?? 0);
        Octal(header, 136, 12, 1_700_000_000);
        header[156] = (byte)type;
        byte[] linkBytes = Encoding.Latin1.GetBytes(link);
        linkBytes.AsSpan(0, Math.Min(100, linkBytes.Length)).CopyTo(header.AsSpan(157));
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        Octal(header, 329, 8, devices.Major);
        Octal(header, 337, 8, devices.Minor);
        change?.Invoke(header);
        Sign(header);
        _bytes.AddRange(header);
        if (content is not null) Raw(content);
        return this;
    }

    /// <summary>The extended header of the next member, or with type g a global one.</summary>
    public RawTar Pax(char type, params (string Key, byte[] Value)[] records)
    {
        MemoryStream body = new();
        foreach ((string key, byte[] value) in records)
        {
            int length = key.Length + value.Length + 3;
            int total = length + 1;
            while (total != length + total.ToString(CultureInfo.InvariantCulture).Length) total = length + total.ToString(CultureInfo.InvariantCulture).Length;
            body.Write(Encoding.ASCII.GetBytes($"{total} {key}="));
            body.Write(value);
            body.WriteByte((byte)'\n');
        }
        return Add("pax", type, body.ToArray());
    }

    public RawTar Pax(params (string Key, string Value)[] records) => Pax('x', [.. records.Select(r => (r.Key, Encoding.UTF8.GetBytes(r.Value)))]);

    /// <summary>Bytes as they are, filled up to a whole block.</summary>
    public RawTar Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        _bytes.AddRange(new byte[(512 - (bytes.Length % 512)) % 512]);
        return this;
    }

    public byte[] End()
    {
        _bytes.AddRange(new byte[1024]);
        return [.. _bytes];
    }

    public static void Octal(byte[] header, int offset, int width, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(width - 1, '0')).CopyTo(header, offset);

    public static void Sign(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header) sum += b;
        Octal(header, 148, 7, sum);
        header[154] = 0;
    }
}
