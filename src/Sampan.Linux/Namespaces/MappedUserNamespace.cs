using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;

namespace Sampan.Linux.Namespaces;

/// <summary>A user namespace in which nothing runs: it says how the ids of a mount are to be read, mount_setattr(2) MOUNT_ATTR_IDMAP.</summary>
public static class MappedUserNamespace
{
    /// <summary>Makes one; it is gone with its last descriptor and the mounts that use it.</summary>
    public static Fd Make(IReadOnlyList<IdMap> users, IReadOnlyList<IdMap> groups)
    {
        using ChildChannel channel = new();
        using ChildProgram program = new();
        program.Step("hold a user namespace");
        // waits for its end: being killed, or the end of the line when this process is
        program.Call(SyscallNumber.close, channel.Parent.Number);
        program.Call(SyscallNumber.read, channel.Child.Number, program.Space(8), 8).Retry();
        program.Call(SyscallNumber.exit_group, 0);
        Cloned child = Cloning.Clone(program, CloneFlags.NewUser, channel.Child);
        using Fd process = child.PidFd;
        try
        {
            IdMaps.Write(child.Pid, users, groups);
            return Paths.Open($"/proc/{child.Pid}/ns/user", OpenFlags.ReadOnly);
        }
        finally
        {
            PidFd.TrySignal(process, SignalNumber.Kill);
            PidFd.Reap(process);
        }
    }
}
