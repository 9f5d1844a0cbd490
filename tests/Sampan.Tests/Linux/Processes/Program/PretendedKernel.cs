using System.Runtime.InteropServices;
using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Processes.Program;

namespace Sampan.Tests.Linux.Processes.Program;

/// <summary>
/// Walks a program with the real <see cref="Interpreter"/>, whose calls all go to a function of the test: what a child would do
/// for any answers of the kernel, without a child.
/// </summary>
internal static unsafe class PretendedKernel
{
    public const int Report = 77;

    [ThreadStatic]
    private static Func<Call, (nint Result, Errno Errno)>? s_answer;

    [ThreadStatic]
    private static List<Call>? s_calls;

    [ThreadStatic]
    private static int* s_errno;

    /// <summary>One system call that was made.</summary>
    public sealed record Call(int Number, nint A0, nint A1, nint A2, nint A3)
    {
        /// <summary>The string that the first argument points at.</summary>
        public string Text0 => Marshal.PtrToStringUTF8(A0)!;

        public string Text1 => Marshal.PtrToStringUTF8(A1)!;
    }

    /// <summary>Walks until an execve that succeeds, or exit_group.</summary>
    /// <returns>All calls, and what was reported as failed: step and errno; null when the exec succeeded.</returns>
    public static (List<Call> Calls, (int Step, Errno Errno)? Failure) Run(
        ChildProgram program, Func<Call, (nint Result, Errno Errno)> answer)
    {
        (s_answer, s_calls) = (answer, []);
        s_errno = (int*)NativeMemory.AllocZeroed(sizeof(int));
        try
        {
            Interpreter.Run(program.Finish(), s_errno, Report, &Syscall);
            throw new InvalidOperationException("the interpreter returned");
        }
        catch (Ended ended)
        {
            return (s_calls, ended.Failure);
        }
        finally
        {
            NativeMemory.Free(s_errno);
        }
    }

    private static nint Syscall(nint number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5)
    {
        if (number == SyscallNumber.write && a0 == Report)
        {
            Assert.Equal(8, a2);
            throw new Ended((((int*)a1)[0], (Errno)((int*)a1)[1]));
        }
        Call call = new((int)number, a0, a1, a2, a3);
        s_calls!.Add(call);
        (nint result, Errno errno) = s_answer!(call);
        if (errno == 0 && number == SyscallNumber.execve) throw new Ended(null);
        *s_errno = (int)errno;
        return errno == 0 ? result : -1;
    }

    private sealed class Ended((int, Errno)? failure) : Exception
    {
        public (int Step, Errno Errno)? Failure { get; } = failure;
    }
}
