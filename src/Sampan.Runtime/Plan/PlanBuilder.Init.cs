using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Processes.Program;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Runtime.Plan;

/// <summary>An init for containers whose command does not reap: process 1 stays with this program, the command is its child.</summary>
internal sealed partial class PlanBuilder
{
    private const int SignalSetBytes = 8; // the kernel's own, smaller than that of the C library
    private const string InitName = "sampan-init";

    /// <summary>
    /// While a process is not dumpable, nobody in the container can open its memory or its executable, which is the
    /// engine's (CVE-2016-9962, CVE-2019-5736), unless it has CAP_SYS_PTRACE over the host. An exec ends it.
    /// </summary>
    public void HideMemory()
    {
        program.Step("prctl(set_dumpable, 0)");
        program.Call(SyscallNumber.prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    }

    /// <summary>
    /// Forks. The child goes on to the command; process 1 never leaves this step: it closes all descriptors, reaps, passes
    /// every signal on, and ends when the command does, with its exit code or 128 plus the signal that killed it.
    /// </summary>
    /// <param name="terminal">The command's process group is to be the one in the foreground, which Ctrl-C is for.</param>
    public void StayAsInit(bool terminal)
    {
        HideMemory();
        program.Step($"init: prctl(set_name, {InitName}), clone(), then only wait and kill");
        Label isCommand = new();
        Cell command = program.Cell();
        program.Call(SyscallNumber.prctl, PR_SET_NAME, program.Text(InitName), 0, 0, 0);
        // before the fork: no signal that arrives meanwhile is lost, or ends anything but the command
        program.Call(SyscallNumber.rt_sigprocmask, SIG_SETMASK, program.Data<ulong>([ulong.MaxValue]), 0, SignalSetBytes);
        program.Call(SyscallNumber.clone, SIGCHLD, 0, 0, 0, 0).Into(command);
        program.Compare(command.Address, 0, uint.MaxValue, Errno.ESRCH).OnSuccess(isCommand).Ignore(Errno.ESRCH);
        LookAfter(command);
        program.Mark(isCommand);
        OwnGroup(terminal);
        program.Call(SyscallNumber.rt_sigprocmask, SIG_SETMASK, program.Space(SignalSetBytes), 0, SignalSetBytes);
    }

    private void LookAfter(Cell command)
    {
        Label wait = new(), reap = new(), passOn = new(), killed = new();
        Cell signal = program.Cell();
        nint all = program.Data<ulong>([ulong.MaxValue]);
        nint info = program.Space(SizeOfSigInfo);
        nint cause = info + SigInfoCode, pid = info + SigInfoPid;
        Cell status = new(info + SigInfoStatus);

        program.Call(SyscallNumber.close_range, 0, uint.MaxValue, 0);
        program.Mark(wait);
        program.Call(SyscallNumber.rt_sigtimedwait, all, 0, 0, SignalSetBytes).Into(signal).Retry();
        program.Compare(signal.Address, SIGCHLD, uint.MaxValue, Errno.ESRCH).On(Errno.ESRCH, passOn);

        program.Mark(reap); // one signal may stand for several ended children
        program.Call(SyscallNumber.waitid, P_ALL, 0, info, WEXITED | WNOHANG, 0).On(Errno.ECHILD, wait);
        program.Compare(pid, 0, uint.MaxValue, Errno.ESRCH).OnSuccess(wait).Ignore(Errno.ESRCH);
        program.Compare(pid, command, Errno.ESRCH).On(Errno.ESRCH, reap);
        program.Compare(cause, CLD_EXITED, uint.MaxValue, Errno.ESRCH).On(Errno.ESRCH, killed);
        program.Call(SyscallNumber.exit_group, status);
        program.Mark(killed);
        program.Add(status, 128, status);
        program.Call(SyscallNumber.exit_group, status);

        program.Mark(passOn);
        // EPERM: the command executed a set-user-ID program, which this user may not signal
        program.Call(SyscallNumber.kill, command, signal).OnSuccess(wait).On(Errno.EPERM, wait).On(Errno.ESRCH, wait);
    }

    // a group of its own, in the session and on the terminal of process 1; SIGTTOU is blocked meanwhile
    private void OwnGroup(bool terminal)
    {
        program.Call(SyscallNumber.setpgid, 0, 0);
        if (!terminal) return;
        Cell own = program.Cell();
        program.Call(SyscallNumber.getpid).Into(own);
        program.Call(SyscallNumber.ioctl, 0, TIOCSPGRP, own.Address);
    }
}
