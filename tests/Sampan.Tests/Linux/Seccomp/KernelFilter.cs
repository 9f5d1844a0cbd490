using System.Runtime.InteropServices;
using Sampan.Linux;
using Sampan.Linux.Seccomp;

namespace Sampan.Tests.Linux.Seccomp;

/// <summary>
/// Asks the kernel whether it takes a filter, without having one loaded: a thread with a filter of its own is kept, so that the
/// order to give all threads the same one (SECCOMP_FILTER_FLAG_TSYNC) is refused with ESRCH, after the program was checked.
/// </summary>
internal sealed unsafe partial class KernelFilter : IDisposable
{
    private const int SetModeFilter = 1;
    private const int NoFlags = 0, ThreadSync = 1, ThreadSyncEsrch = 16;
    private const int ESRCH = 3;

    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _other;

    public KernelFilter()
    {
        using ManualResetEventSlim filtered = new();
        int errno = -1;
        _other = new Thread(() =>
        {
            errno = Load([new BpfInstruction(0x06, 0, 0, (uint)SeccompAction.Allow)], NoFlags);
            filtered.Set();
            _end.Wait();
        })
        { IsBackground = true };
        _other.Start();
        filtered.Wait();
        Assert.Equal(0, errno);
    }

    public void Dispose()
    {
        _end.Set();
        _other.Join();
        _end.Dispose();
    }

    /// <summary>0 when the kernel takes it, else the errno of its refusal.</summary>
    public static int Refusal(BpfInstruction[] program) => Load(program, ThreadSync | ThreadSyncEsrch) is var errno and not ESRCH ? errno : 0;

    // for a thread that is used for nothing else: it can gain no privileges any more
    private static int Load(BpfInstruction[] program, int flags)
    {
        Assert.Equal(0, prctl(KernelNumber.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        fixed (BpfInstruction* first = program)
        {
            Program given = new() { Length = (ushort)program.Length, First = first };
            return syscall(SyscallNumber.seccomp, SetModeFilter, flags, (nint)(&given)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint operation, nint flags, nint program);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);

    private struct Program
    {
        public ushort Length;
        public BpfInstruction* First;
    }
}
