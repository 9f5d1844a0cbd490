using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Processes;

/// <summary>Signals to and the end of a child, by its pidfd: pidfd_send_signal(2), waitid(2).</summary>
public static unsafe partial class Waiting
{
    private const int ByPidFd = 3;
    private const int Exited = 4;
    private const int NoHang = 1;

    /// <summary>Waits for the end and reaps.</summary>
    /// <returns>The exit code; 128 + n where signal n ended the process. Null with <paramref name="block"/> false and a process still running.</returns>
    public static int? Reap(Fd pidfd, bool block = true)
    {
        Span<int> info = stackalloc int[32]; // siginfo_t: 128 bytes
        info.Clear();
        fixed (int* at = info)
        {
            int result;
            do result = waitid(ByPidFd, pidfd.Number, at, Exited | (block ? 0 : NoHang));
            while (result < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (result < 0) throw SyscallException.Last($"waitid({pidfd})");
        }
        if (info[0] == 0) return null;
        const int exited = 1; // CLD_EXITED; else it was killed, with or without a core dump
        return info[2] == exited ? info[6] : 128 + info[6];
    }

    /// <returns>False when the process is gone already.</returns>
    public static bool Signal(Fd pidfd, int signal)
    {
        if (pidfd_send_signal(SyscallNumber.pidfd_send_signal, pidfd.Number, signal, 0, 0) == 0) return true;
        if ((Errno)Marshal.GetLastPInvokeError() == Errno.ESRCH) return false;
        throw SyscallException.Last($"pidfd_send_signal({pidfd}, {signal})");
    }

    /// <summary>pidfd_open(2).</summary>
    public static Fd Open(int pid)
    {
        nint fd = pidfd_open(SyscallNumber.pidfd_open, pid, 0);
        return fd >= 0 ? new Fd((int)fd) : throw SyscallException.Last($"pidfd_open({pid})");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int type, int id, int* info, int options);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_send_signal(nint number, nint pidfd, nint signal, nint info, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_open(nint number, nint pid, nint flags);
}
