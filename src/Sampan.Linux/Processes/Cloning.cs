using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes.Program;

namespace Sampan.Linux.Processes;

/// <summary>Makes a child with clone3(2) that walks a <see cref="ChildProgram"/>.</summary>
public static unsafe partial class Cloning
{
    /// <summary>
    /// Clones. The child starts with default signal handlers and walks <paramref name="program"/>, which ends in an exec; a
    /// failing call is reported on <paramref name="report"/> as two ints, the index of the step and errno, and ends the child.
    /// </summary>
    /// <param name="cgroup">A cgroup v2 directory to be born in, or null.</param>
    /// <exception cref="PlatformNotSupportedException">Not a NativeAOT program: a JIT would have to compile in the child.</exception>
    public static Cloned Clone(ChildProgram program, CloneFlags flags, Fd report, Fd? cgroup = null)
    {
        if (RuntimeFeature.IsDynamicCodeSupported) throw new PlatformNotSupportedException("only a NativeAOT program can clone");

        int pidfd = -1;
        CloneArguments arguments = new()
        {
            Flags = (ulong)(flags | CloneFlags.PidFd | CloneFlags.ClearSignalHandlers | (cgroup is null ? 0 : CloneFlags.IntoCgroup)),
            PidFd = (ulong)(nint)(&pidfd),
            ExitSignal = SignalNumber.Child,
            Cgroup = cgroup is null ? 0 : (ulong)cgroup.Number,
        };

        // Everything that the child will touch is fetched before the clone: the program, the address of errno, the function.
        Instruction* instructions = program.Finish();
        int* errno = __errno_location();
        delegate*<nint, nint, nint, nint, nint, nint, nint, nint> call = &syscall;
        int reportTo = report.Number;

        nint pid = call(SyscallNumber.clone3, (nint)(&arguments), sizeof(CloneArguments), 0, 0, 0, 0);
        if (pid == 0) Interpreter.Run(instructions, errno, reportTo, call);

        if (pid < 0) throw new SyscallException($"clone3({flags})", (Errno)(*errno));
        return new Cloned((int)pid, new Fd(pidfd));
    }

    // Called with no transition to native code: see Interpreter.
    [RuntimeImport("*", "syscall")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint syscall(nint number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5);

    [LibraryImport("libc")]
    private static partial int* __errno_location();

    /// <summary><c>struct clone_args</c>, linux/sched.h.</summary>
    [C("struct clone_args")]
    internal struct CloneArguments
    {
        public ulong Flags;
        [C("pidfd")] public ulong PidFd;
        public ulong ChildTid;
        public ulong ParentTid;
        public ulong ExitSignal;
        public ulong Stack;
        public ulong StackSize;
        public ulong Tls;
        public ulong SetTid;
        public ulong SetTidSize;
        public ulong Cgroup;
    }
}
