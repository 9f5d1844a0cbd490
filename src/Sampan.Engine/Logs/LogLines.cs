namespace Sampan.Engine.Logs;

/// <summary>Whole lines of a file that is still being written.</summary>
internal sealed class LogLines(Stream file)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next line without its newline, valid until the next call; null when there is no whole one (yet).</summary>
    public ReadOnlyMemory<byte>? Next()
    {
        while (true)
        {
            int newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, newline);
                _start += newline + 1;
                return line;
            }

            if (_start > 0)
            {
                Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            int count = file.Read(_buffer, _end, _buffer.Length - _end);
            if (count == 0) return null;
            _end += count;
        }
    }
}
