using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Processes;

/// <summary>Processes whose parent has ended become children of the nearest subreaper above them, prctl(2).</summary>
public static unsafe partial class Subreaper
{
    [C("PR_SET_CHILD_SUBREAPER")] private const int SetChildSubreaper = 36;
    [C("WNOHANG")] private const int WithoutWaiting = 1;

    /// <summary>Makes this process one, for itself and no child.</summary>
    public static void Become()
    {
        if (prctl(SetChildSubreaper, 1, 0, 0, 0) < 0) throw SyscallException.Last("prctl(PR_SET_CHILD_SUBREAPER)");
    }

    /// <summary>Reaps any child that has ended; null when none has.</summary>
    public static (int Pid, ExitStatus Status)? TryReap()
    {
        int status;
        int pid = waitpid(-1, &status, WithoutWaiting);
        return pid > 0 ? (pid, ExitStatus.FromWaitStatus(status)) : null;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);
}
