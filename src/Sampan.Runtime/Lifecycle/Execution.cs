using Sampan.Linux.Cgroups;

using Sampan.Runtime.Hooks;
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
        if (store.StatusOf(state) != ContainerStatus.Running) throw new LifecycleException("cannot exec in a stopped container");
        ContainerSpec spec = store.ReadSpec(state);
        // a process given as JSON says nothing of the filter, which is the container's
        ProcessSpec whole = (process ?? compose(spec)) with { Seccomp = spec.Process?.Seccomp, SeccompListener = spec.Process?.SeccompListener };
        ContainerProcess started = ContainerProcess.Join(spec, whole, state.Pid, new JoinOptions
        {
            Cgroup = state.CgroupPath is null || options.WithoutCgroups ? null : Cgroup.Open(state.CgroupPath),
            PreservedDescriptors = options.PreservedDescriptors,
        });
        try
        {
            started.Start();
            ListenerHandover.Send(started, whole.SeccompListener, new HookState(spec.Version, id, "running", state.Pid, state.Bundle, spec.Annotations));
            if (options.PidFile is not null) Creation.WritePidFile(options.PidFile, started.Pid);
            return started;
        }
        catch
        {
            started.Kill();
            started.Dispose();
            throw;
        }
    }
}
