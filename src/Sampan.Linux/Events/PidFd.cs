using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Events;

/// <summary>A process by descriptor, pidfd_open(2): never somebody else who got its number.</summary>
public static unsafe partial class PidFd
{
    private const int ByPidFd = 3; // P_PIDFD
    private const int Exited = 0x00000004; // WEXITED
    private const int ExitedWithoutWaiting = Exited | 0x00000001; // WNOHANG
    private const int ChildExited = 1; // CLD_EXITED
    private const int SignalInfoSize = 128;

    public static Fd Open(int pid)
    {
        int fd = (int)pidfd_open(SyscallNumber.pidfd_open, pid, 0);
        return fd >= 0 ? new Fd(fd) : throw SyscallException.Last($"pidfd_open({pid})");
    }

    /// <summary>As <see cref="Open"/>; null where there is no such process (any more).</summary>
    public static Fd? TryOpen(int pid)
    {
        try
        {
            return Open(pid);
        }
        catch (SyscallException e) when (e.Errno is Errno.ESRCH)
        {
            return null;
        }
    }

    /// <summary>Sends a signal; false when the process has ended.</summary>
    public static bool TrySignal(Fd process, int signal)
    {
        if (pidfd_send_signal(SyscallNumber.pidfd_send_signal, process.Number, signal, 0, 0) == 0) return true;
        return (Errno)Marshal.GetLastPInvokeError() == Errno.ESRCH
            ? false
            : throw SyscallException.Last($"pidfd_send_signal({process}, {SignalNumber.Name(signal)})");
    }

    /// <summary>Reaps a child of this process that has ended.</summary>
    /// <returns>Its exit code, 128 plus the signal that killed it, or null while it runs.</returns>
    public static int? TryReap(Fd child) => Reap(child, ExitedWithoutWaiting);

    /// <summary>Waits for a child of this process to end, and reaps it.</summary>
    /// <returns>Its exit code, or 128 plus the signal that killed it.</returns>
    public static int Reap(Fd child) => Reap(child, Exited)!.Value;

    private static int? Reap(Fd child, int options)
    {
        int* info = stackalloc int[SignalInfoSize / sizeof(int)];
        new Span<byte>(info, SignalInfoSize).Clear();
        while (waitid(ByPidFd, child.Number, info, options) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"waitid({child})");
        }

        // siginfo_t: si_signo, si_errno, si_code, padding, si_pid, si_uid, si_status
        if (info[4] == 0) return null;
        return info[2] == ChildExited ? info[6] : 128 + (info[6] & 0x7f);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_open(nint number, nint pid, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_send_signal(nint number, nint pidfd, nint signal, nint info, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int type, int id, int* info, int options);
}
