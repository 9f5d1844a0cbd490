using System.Buffers;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Logs;

/// <summary>Writes a container's log file, one write(2) for each read from the container.</summary>
public sealed class LogWriter : IDisposable
{
    private const uint OwnerOnly = 0x180; // 0600

    private readonly Fd _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public LogWriter(string path) =>
        _file = Paths.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow, OwnerOnly);

    /// <summary>Appends what the container wrote. A full disk loses log lines, never the container.</summary>
    public void Write(LogStream stream, ReadOnlySpan<byte> bytes)
    {
        _buffer.ResetWrittenCount();
        LogEncoder.Append(_buffer, stream, bytes, DateTime.UtcNow);
        try
        {
            Streams.WriteAll(_file, _buffer.WrittenSpan);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG or Errno.EIO)
        {
        }
    }

    public void Dispose() => _file.Dispose();
}
