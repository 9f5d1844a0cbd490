using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Engine.Rootless;

/// <summary>The steps from a clone to this program running as root of a user namespace.</summary>
internal static class ReexecutionPlan
{
    /// <summary>For a child that was cloned into a new user namespace: waits for its ids.</summary>
    public static ChildProgram New(ChildChannel channel, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        ChildProgram program = new();
        program.Step("await id maps");
        Cell received = program.Cell(0);
        program.Call(SyscallNumber.close, channel.Parent.Number); // else the end would never come
        program.Call(SyscallNumber.write, channel.Child.Number, program.Data<int>([ChildMessage.Waiting, 0]), 8);
        program.Call(SyscallNumber.read, channel.Child.Number, program.Space(8), 8).Retry().Into(received);
        // zero bytes: the parent is gone
        program.Compare(received.Address, 8, uint.MaxValue, Errno.ECANCELED);
        Execute(program, arguments, environment);
        return program;
    }

    /// <summary>For a child that enters the namespaces of a running monitor.</summary>
    public static ChildProgram Joined(Fd monitor, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        ChildProgram program = new();
        program.Step("setns(user and mount namespace of the monitor)");
        program.Call(SyscallNumber.setns, monitor.Number, (ulong)(CloneFlags.NewUser | CloneFlags.NewMount));
        Execute(program, arguments, environment);
        return program;
    }

    private static void Execute(ChildProgram program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        program.Step("setuser(0:0 of the user namespace)");
        // forbidden where only the caller's own ids are mapped
        program.Call(SyscallNumber.setgroups, 0, 0).Ignore(Errno.EPERM);
        program.Call(SyscallNumber.setresgid, 0, 0, 0);
        program.Call(SyscallNumber.setresuid, 0, 0, 0);
        program.Step("prctl(set_pdeathsig, SIGKILL)"); // after the change of ids, which clears it
        program.Call(SyscallNumber.prctl, PR_SET_PDEATHSIG, SignalNumber.Kill);
        program.Step("exec(/proc/self/exe)");
        program.Call(SyscallNumber.execve, program.Text("/proc/self/exe"), program.Texts(arguments), program.Texts(environment));
    }
}
