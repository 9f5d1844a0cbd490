using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Sampan.Images.Layers;

/// <summary>Reads another stream on a thread of its own, a few buffers ahead: decompression and hashing beside the writing of files.</summary>
internal sealed class ReadAheadStream : Stream
{
    private const int BufferBytes = 256 * 1024;
    private const int BufferCount = 4;
    private readonly Stream _inner;
    private readonly BlockingCollection<byte[]> _free = [];
    private readonly BlockingCollection<(byte[] Buffer, int Count)> _filled = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _error;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Owns <paramref name="inner"/> from now on; nobody else may read it.</summary>
    public ReadAheadStream(Stream inner)
    {
        _inner = inner;
        for (int i = 0; i < BufferCount; i++) _free.Add(new byte[BufferBytes]);
        _thread = new Thread(Fill) { IsBackground = true, Name = "read ahead" };
        _thread.Start();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_start == _end)
        {
            if (_buffer.Length > 0) _free.Add(_buffer);
            _buffer = [];
            _start = _end = 0;
            if (!_filled.TryTake(out (byte[] Buffer, int Count) next, Timeout.Infinite))
            {
                _error?.Throw();
                return 0;
            }
            (_buffer, _end) = next;
        }
        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Cancel();
            _thread.Join();
            _inner.Dispose();
            _free.Dispose();
            _filled.Dispose();
            _stop.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Fill()
    {
        try
        {
            int count;
            do
            {
                byte[] buffer = _free.Take(_stop.Token);
                count = _inner.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                _filled.Add((buffer, count));
            }
            while (count == BufferBytes);
        }
        catch (OperationCanceledException)
        {
            // the reader has gone
        }
        catch (Exception e)
        {
            // whatever it is: it is the reader's to handle
            _error = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            _filled.CompleteAdding();
        }
    }
}
