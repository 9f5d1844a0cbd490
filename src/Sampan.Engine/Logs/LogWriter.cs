using System.Buffers;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Logs;

/// <summary>Writes a container's log file, one write(2) for each read from the container.</summary>
public sealed class LogWriter : IDisposable
{
    private const uint OwnerOnly = 0x180; // 0600

    private readonly string _path;
    private readonly LogLimits _limits;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private Fd _file;
    private long _size;

    public LogWriter(string path, LogLimits? limits = null)
    {
        _path = path;
        _limits = limits ?? new LogLimits(null);
        _file = Open();
        _size = new FileInfo(path).Length;
    }

    /// <summary>Appends what the container wrote. A full disk loses log lines, never the container.</summary>
    public void Write(LogStream stream, ReadOnlySpan<byte> bytes)
    {
        _buffer.ResetWrittenCount();
        LogEncoder.Append(_buffer, stream, bytes, DateTime.UtcNow);
        try
        {
            if (_size > 0 && _size + _buffer.WrittenCount > _limits.FileBytes) BeginNext();
            Streams.WriteAll(_file, _buffer.WrittenSpan);
            _size += _buffer.WrittenCount;
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG or Errno.EIO)
        {
        }
    }

    public void Dispose() => _file.Dispose();

    private Fd Open() => Paths.Open(_path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow, OwnerOnly);

    // by renaming, oldest first, never by truncating: who reads a file reads it to its end
    private void BeginNext()
    {
        File.Delete(LogFiles.PathOf(_path, _limits.Files - 1));
        for (int age = _limits.Files - 2; age >= 0; age--)
            if (File.Exists(LogFiles.PathOf(_path, age))) File.Move(LogFiles.PathOf(_path, age), LogFiles.PathOf(_path, age + 1), overwrite: true);
        _file.Dispose();
        _file = Open();
        _size = 0;
    }
}
