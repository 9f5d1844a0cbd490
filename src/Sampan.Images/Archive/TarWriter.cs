using System.Buffers.Binary;
using System.Text;

namespace Sampan.Images.Archive;

/// <summary>Writes a ustar archive of short names, owned by root, without times: the same content gives the same archive.</summary>
internal sealed class TarWriter(Stream output) : IDisposable
{
    private const int BlockBytes = 512;
    private const int NameBytes = 100;
    private const long LargestOctal = 0x1_ffff_ffff; // eleven digits

    public void AddFolder(string name) => WriteHeader(name + "/", 0, '5', 0x1ed);

    public void AddFile(string name, ReadOnlySpan<byte> content)
    {
        WriteHeader(name, content.Length, '0', 0x1a4);
        output.Write(content);
        Pad(content.Length);
    }

    /// <param name="content">Must give <paramref name="size"/> bytes.</param>
    public void AddFile(string name, Stream content, long size)
    {
        WriteHeader(name, size, '0', 0x1a4);
        byte[] buffer = new byte[256 * 1024];
        for (long left = size; left > 0;)
        {
            int count = content.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            if (count == 0) throw new ImageException($"{name}: shorter than it was");
            output.Write(buffer, 0, count);
            left -= count;
        }
        Pad(size);
    }

    /// <summary>Two empty blocks are the archive's end.</summary>
    public void Dispose() => output.Write(new byte[2 * BlockBytes]);

    private void WriteHeader(string name, long size, char type, int mode)
    {
        Span<byte> header = stackalloc byte[BlockBytes];
        header.Clear();
        if (Encoding.UTF8.GetByteCount(name) > NameBytes) throw new ArgumentException($"a name of more than {NameBytes} bytes", nameof(name));
        Encoding.UTF8.GetBytes(name, header);
        Octal(header[100..108], mode);
        Octal(header[108..116], 0);
        Octal(header[116..124], 0);
        if (size <= LargestOctal) Octal(header[124..136], size);
        else
        {
            header[124] = 0x80; // base 256
            BinaryPrimitives.WriteInt64BigEndian(header[128..136], size);
        }
        Octal(header[136..148], 0);
        header[148..156].Fill((byte)' ');
        header[156] = (byte)type;
        "ustar\000"u8.CopyTo(header[257..]);
        int sum = 0;
        foreach (byte b in header) sum += b;
        Octal(header[148..155], sum);
        output.Write(header);
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (int i = field.Length - 2; i >= 0; i--, value >>= 3) field[i] = (byte)('0' + (value & 7));
        field[^1] = 0;
    }

    private void Pad(long size)
    {
        int rest = (int)(size % BlockBytes);
        if (rest > 0) output.Write(new byte[BlockBytes - rest]);
    }
}
