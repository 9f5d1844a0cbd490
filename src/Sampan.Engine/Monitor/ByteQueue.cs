namespace Sampan.Engine.Monitor;

/// <summary>Bytes that wait to be written or parsed, first in, first out. Gives its memory back when it was large.</summary>
public sealed class ByteQueue
{
    private const int InitialCapacity = 512;
    private const int KeptCapacity = 64 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    public int Count => _end - _start;

    /// <summary>All of it; valid until the next call.</summary>
    public ReadOnlySpan<byte> Front => _buffer.AsSpan(_start, Count);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _end) MakeRoom(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Removes that many bytes from the front.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start < _end) return;
        _start = _end = 0;
        if (_buffer.Length > KeptCapacity) _buffer = [];
    }

    private void MakeRoom(int length)
    {
        int count = Count;
        byte[] target = _buffer;
        if (_buffer.Length < count + length) target = new byte[Math.Max(InitialCapacity, Math.Max(count + length, _buffer.Length * 2))];
        _buffer.AsSpan(_start, count).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = count;
    }
}
