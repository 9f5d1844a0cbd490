using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Processes;

/// <summary>A process this one started and has to reap.</summary>
public sealed unsafe partial class Child
{
    private ExitStatus? _status;

    internal Child(int processId) => ProcessId = processId;

    public int ProcessId { get; }

    /// <summary>waitpid(2): blocks until the process has ended. Later calls answer the same status.</summary>
    public ExitStatus Wait()
    {
        if (_status is { } known) return known;
        int status;
        while (waitpid(ProcessId, &status, 0) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"waitpid({ProcessId})");
        }

        _status = ExitStatus.FromWaitStatus(status);
        return _status.Value;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);
}
