using System.Runtime.CompilerServices;

namespace Sampan.Linux.Processes.Program;

/// <summary>
/// All that ever runs between clone and exec. It walks a list of instructions that was laid out before the clone and makes
/// raw system calls: no allocation, no GC poll, no lazy initialisation, no exception. The tests disassemble it in the
/// published program and find no call but the one through <c>syscall</c>.
/// </summary>
/// <remarks>
/// <c>syscall</c> is a <em>managed</em> function pointer to the C library's function: the compiler adds a GC poll beside every
/// other kind of native call, and a child whose parent had a collection pending would wait in it for ever, for threads that
/// do not exist in the child.
/// </remarks>
internal static unsafe class Interpreter
{
    /// <summary>Walks the program; never returns. A failure is reported as <c>{step, errno}</c>, two ints, on <paramref name="report"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        Instruction* at,
        int* errno,
        int report,
        delegate*<nint, nint, nint, nint, nint, nint, nint, nint> syscall)
    {
        while (true)
        {
            int error;
            int indirect = at->Indirect;
            nint a0 = (indirect & 1) != 0 ? *(int*)at->A0 : at->A0;
            nint a1 = (indirect & 2) != 0 ? *(int*)at->A1 : at->A1;
            nint a2 = (indirect & 4) != 0 ? *(int*)at->A2 : at->A2;
            nint a3 = (indirect & 8) != 0 ? *(int*)at->A3 : at->A3;
            nint a4 = (indirect & 16) != 0 ? *(int*)at->A4 : at->A4;
            nint a5 = (indirect & 32) != 0 ? *(int*)at->A5 : at->A5;

            if (at->Number >= 0)
            {
                nint result = syscall(at->Number, a0, a1, a2, a3, a4, a5);
                error = result == -1 ? *errno : 0;
                if (error == 0 && at->Result != null) *at->Result = (int)result;
            }
            else if (at->Number == Instruction.Compare)
                error = (*(uint*)a0 & (uint)a2) == (uint)a1 ? 0 : (int)a3;
            else if (at->Number == Instruction.Fail)
                error = (int)a0;
            else if (at->Number == Instruction.Add)
            {
                error = 0;
                *at->Result = (int)(a0 + a1);
            }
            else
                error = 0;

            if (error == 0) at += at->OnSuccess;
            else if (at->Retry != 0 && (error == 4 || error == 11)) continue; // EINTR, EAGAIN
            else if (error == at->FirstErrno) at += at->OnFirstErrno;
            else if (error == at->SecondErrno) at += at->OnSecondErrno;
            else if (error == at->ThirdErrno) at += at->OnThirdErrno;
            else
            {
                // two ints side by side, written in one piece: the parent reads 8 bytes or nothing
                long message = (long)(((ulong)(uint)error << 32) | (uint)at->Step);
                syscall(SyscallNumber.write, report, (nint)(&message), sizeof(long), 0, 0, 0);
                while (true) syscall(SyscallNumber.exit_group, 1, 0, 0, 0, 0, 0);
            }
        }
    }
}
