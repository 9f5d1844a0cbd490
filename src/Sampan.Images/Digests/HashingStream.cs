using Sampan.Images.Layers;

namespace Sampan.Images.Digests;

/// <summary>Passes reads on, hashes what passes and refuses to pass more than a budget.</summary>
internal sealed class HashingStream(Stream inner, ByteBudget budget) : Stream
{
    private readonly Sha256 _hash = new();

    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => Count; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        Count += count;
        budget.Spend(count);
        _hash.Append(buffer[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>The digest of what has passed; to be asked once.</summary>
    public string FinishHex() => _hash.FinishHex();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
