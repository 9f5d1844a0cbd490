using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Plan;

/// <summary>What the kernel keeps for a process beside its user: scheduling, memory, security labels, time.</summary>
internal sealed partial class PlanBuilder
{
    /// <summary>A procfs that no mount of the container can stand before (CVE-2019-16884, CVE-2025-52881).</summary>
    public int Procfs { get; init; } = -1;

    /// <summary>sched_setattr(2).</summary>
    public void Schedule(SchedulerSpec scheduler)
    {
        const int size = 48; // SCHED_ATTR_SIZE_VER0
        program.Step($"sched_setattr({scheduler.Name}, nice {scheduler.Nice}, priority {scheduler.Priority})");
        nint attributes = program.Data<ulong>([
            size | ((ulong)scheduler.Policy << 32), scheduler.Flags, (uint)scheduler.Nice | ((ulong)scheduler.Priority << 32),
            scheduler.RuntimeNs, scheduler.DeadlineNs, scheduler.PeriodNs]);
        program.Call(SyscallNumber.sched_setattr, 0, attributes, 0);
    }

    /// <summary>ioprio_set(2), for this process.</summary>
    public void PrioritizeIo(IoPriority priority)
    {
        program.Step($"ioprio_set(class {priority.Class}, level {priority.Level})");
        program.Call(SyscallNumber.ioprio_set, 1, 0, priority.Value);
    }

    /// <summary>sched_setaffinity(2).</summary>
    public void RunOn(ulong[] cpus)
    {
        program.Step($"sched_setaffinity({string.Join(',', cpus.Select(static word => $"0x{word:x}"))})");
        program.Call(SyscallNumber.sched_setaffinity, 0, cpus.Length * sizeof(ulong), program.Data<ulong>(cpus));
    }

    public void Personality(uint value)
    {
        program.Step($"personality(0x{value:x})");
        program.Call(SyscallNumber.personality, value);
    }

    /// <summary>set_mempolicy(2).</summary>
    public void AllocateFrom(MemoryPolicy policy)
    {
        program.Step($"set_mempolicy({policy.Name})");
        // the kernel reads one bit less than it is told
        if (policy.Nodes.Length == 0) program.Call(SyscallNumber.set_mempolicy, policy.Mode, 0, 0);
        else program.Call(SyscallNumber.set_mempolicy, policy.Mode, program.Data<ulong>(policy.Nodes), policy.Nodes.Length * 64 + 1);
    }

    /// <summary>The AppArmor profile that the exec will change to.</summary>
    public void ConfineBy(string profile)
    {
        program.Step($"write(`/proc/self/attr/apparmor/exec`, exec {profile})");
        byte[] text = System.Text.Encoding.UTF8.GetBytes($"exec {profile}");
        WriteProc("self/attr/apparmor/exec", text, "self/attr/exec"); // the second one: before Linux 5.8
    }

    /// <summary>The SELinux label that the exec will change to.</summary>
    public void Label(string label)
    {
        program.Step($"write(`/proc/self/attr/exec`, {label})");
        WriteProc("self/attr/exec", System.Text.Encoding.UTF8.GetBytes(label));
    }

    /// <summary>
    /// A time namespace whose clocks are set: it can be only as long as nobody is in it, hence made with unshare, which moves
    /// later children only; the parent writes the offsets, and then it is entered.
    /// </summary>
    public void EnterNewTime(bool withOffsets)
    {
        Unshare("time", (ulong)CloneFlags.NewTime);
        if (withOffsets) AwaitHost("time offsets");
        program.Step("setns(time)");
        Cell own = program.Cell();
        program.Call(SyscallNumber.openat, Procfs, program.Text("self/ns/time_for_children"), (int)OpenFlags.CloseOnExec).Into(own);
        program.Call(SyscallNumber.setns, own, (ulong)CloneFlags.NewTime);
        program.Call(SyscallNumber.close, own);
    }

    /// <summary>
    /// Goes on in a new child, the first process of a new pid namespace that belongs to the user namespace just entered. It is
    /// a child of the parent too (CLONE_PARENT), which is told its pid; this process ends.
    /// </summary>
    public void CloneAgain(CloneFlags flags)
    {
        program.Step($"clone3({flags}, in the user namespace)");
        Label child = new();
        Label parent = new();
        nint message = program.Data<int>([ChildMessage.Successor, 0]);
        Cell pid = new(message + sizeof(int));
        nint arguments = program.Data<ulong>([(ulong)(flags | CloneFlags.Parent), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        program.Call(SyscallNumber.clone3, arguments, 88).Into(pid);
        program.Compare(pid.Address, 0, uint.MaxValue, Errno.ECHILD).On(Errno.ECHILD, parent).OnSuccess(child);
        program.Mark(parent);
        program.Call(SyscallNumber.write, channel, message, 8);
        program.Call(SyscallNumber.exit_group, 0);
        program.Mark(child);
    }

    /// <summary>
    /// Waits for the byte that <c>start</c> writes into the fifo; from here on errors go to the fifo beside it, because the
    /// process that made this child is gone by then.
    /// </summary>
    public void AwaitStart(int startFifo, int reportFifo)
    {
        program.Step("await start");
        program.Call(SyscallNumber.write, channel, program.Data<int>([ChildMessage.Waiting, 0]), 8);
        program.Call(SyscallNumber.dup3, reportFifo, channel, (int)OpenFlags.CloseOnExec);
        program.Call(SyscallNumber.close, reportFifo);
        program.Call(SyscallNumber.read, startFifo, program.Space(8), 1).Retry();
        program.Call(SyscallNumber.close, startFifo);
    }

    /// <summary>A bundle without a process can be created, but not started.</summary>
    public void FailToStart()
    {
        program.Step("process: is missing in config.json: a container without one can not be started");
        program.Fail(Errno.EINVAL);
    }

    private void WriteProc(string path, byte[] text, string? olderPath = null)
    {
        Cell file = program.Cell();
        Label opened = new();
        CallBuilder open = OpenProc(path).Into(file);
        if (olderPath is not null)
        {
            open.OnSuccess(opened).Ignore(Errno.ENOENT);
            OpenProc(olderPath).Into(file);
            program.Mark(opened);
        }
        program.Call(SyscallNumber.write, file, program.Bytes(text), text.Length);
        program.Call(SyscallNumber.close, file);
    }

    // a mount on top of it, wherever that came from, is refused (EXDEV)
    private CallBuilder OpenProc(string path)
    {
        const ResolveFlags resolve = ResolveFlags.Beneath | ResolveFlags.NoCrossMounts | ResolveFlags.NoMagicLinks;
        nint how = program.Data<ulong>([(ulong)(OpenFlags.WriteOnly | OpenFlags.CloseOnExec), 0, (ulong)resolve]);
        return program.Call(SyscallNumber.openat2, Procfs, program.Text(path), how, 24).Retry();
    }
}
