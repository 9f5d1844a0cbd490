using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>exec</c>: a further process in a running container.</summary>
public static class Execution
{
    public static ContainerProcess Execute(StateStore store, string id, ProcessSpec? process, Func<ContainerSpec, ProcessSpec> compose, CreationOptions options)
    {
        ContainerState state = store.Read(id);
        using Fd? init = PidFd.TryOpen(state.Pid);
        // asked after opening, so that it holds for the process that is open
        if (init is null || store.StatusOf(state) != ContainerStatus.Running) throw new LifecycleException("cannot exec in a stopped container");
        ContainerSpec spec = Creation.ReadSpec(state.Bundle);
        ContainerProcess started = ContainerProcess.Join(spec, process ?? compose(spec), init, new JoinOptions
        {
            Cgroup = state.CgroupPath is null || options.WithoutCgroups ? null : Cgroup.Open(state.CgroupPath),
            PreservedDescriptors = options.PreservedDescriptors,
        });
        try
        {
            started.Start();
            if (options.PidFile is not null) Creation.WritePidFile(options.PidFile, started.Pid);
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }
}
