using Sampan.Linux;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Plan;

namespace Sampan.Runtime.Start;

/// <summary>A user namespace without a process, as ID-mapped mounts want one for their maps.</summary>
internal static class UserNamespaceHandle
{
    public static Fd Open(IReadOnlyList<IdMap> uidMaps, IReadOnlyList<IdMap> gidMaps)
    {
        using ChildChannel channel = new();
        using ChildProgram program = new();
        new PlanBuilder(program, -1, channel.Child.Number).AwaitHost("id maps");
        program.Step("exit");
        program.Call(SyscallNumber.exit_group, 0);
        Cloned child = Cloning.Clone(program, CloneFlags.NewUser, channel.Child);
        using Fd pidFd = child.PidFd;
        channel.Child.Dispose();
        try
        {
            if (channel.Receive() is not { Step: ChildMessage.Waiting }) throw new StartException("the process that holds the id maps of a mount ended");
            IdMaps.Write(child.Pid, uidMaps, gidMaps);
            return Paths.Open($"/proc/{child.Pid}/ns/user", OpenFlags.ReadOnly);
        }
        finally
        {
            channel.Continue();
            _ = Linux.Events.PidFd.Reap(pidFd);
        }
    }
}
