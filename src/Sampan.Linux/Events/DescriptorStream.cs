using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Events;

/// <summary>
/// Writes to a descriptor that it does not own, and to no copy of it: <see cref="System.Console"/> writes to a duplicate, which every
/// child then keeps, so that a caller who reads the other end never sees its end.
/// </summary>
public sealed class DescriptorStream(Fd fd) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes everything; where nobody reads any more (EPIPE), what is written is lost without an error.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            Streams.WriteAll(fd, buffer);
        }
        catch (SyscallException error) when (error.Errno == Errno.EPIPE)
        {
        }
    }
}
