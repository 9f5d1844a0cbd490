using Microsoft.Win32.SafeHandles;

namespace Sampan.Images.Archive;

/// <summary>A part of a file, read by offset, so that many can be read at once from one handle.</summary>
internal sealed class SliceStream(SafeFileHandle file, long start, long length) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        long left = length - Position;
        if (left <= 0) return 0;
        int count = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, left)], start + Position);
        Position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
