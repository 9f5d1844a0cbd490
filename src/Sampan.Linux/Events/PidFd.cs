using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Events;

/// <summary>A process by descriptor, pidfd_open(2): never somebody else who got its number.</summary>
public static unsafe partial class PidFd
{
    [C("P_PIDFD")] private const int ByPidFd = 3;
    [C("WEXITED")] private const int Exited = 0x00000004;
    [C("WEXITED | WNOHANG")] private const int ExitedWithoutWaiting = Exited | 0x00000001;
    [C("CLD_EXITED")] private const int ChildExited = 1;

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
        ChildInfo info = default;
        while (waitid(ByPidFd, child.Number, &info, options) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"waitid({child})");
        }

        if (info.Pid == 0) return null;
        return info.Code == ChildExited ? info.Status : 128 + (info.Status & 0x7f);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_open(nint number, nint pid, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_send_signal(nint number, nint pidfd, nint signal, nint info, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int type, int id, ChildInfo* info, int options);

    /// <summary>What waitid(2) says of a child in its <c>siginfo_t</c>.</summary>
    [C("siginfo_t")]
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct ChildInfo
    {
        [FieldOffset(8), C("si_code")] public int Code;

        [FieldOffset(16), C("si_pid")] public int Pid;

        [FieldOffset(24), C("si_status")] public int Status;
    }
}
