using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>exec</c>: a further process in a running container.</summary>
public static class Execution
{
    /// <param name="process">The process, or null to take what <paramref name="compose"/> makes of the container's own.</param>
    /// <param name="console">Gets the terminal's master, of a process that has one.</param>
    public static ContainerProcess Execute(
        StateStore store, string id, ProcessSpec? process, Func<ContainerSpec, ProcessSpec> compose, CreationOptions options, Action<Fd>? console = null)
    {
        ContainerState state = store.Read(id);
        using Fd? init = state.Pid == 0 ? null : PidFd.TryOpen(state.Pid);
        // asked after opening, so that it holds for the process that is open
        switch (init is null && state.Pid != 0 ? ContainerStatus.Stopped : store.StatusOf(state))
        {
            case ContainerStatus.Stopped: throw new LifecycleException("cannot exec in a stopped container");
            case ContainerStatus.Creating: throw new LifecycleException("cannot exec in a container that is still being created");
            case ContainerStatus.Paused when !options.IgnorePaused:
                throw new LifecycleException("cannot exec in a paused container (use --ignore-paused to override)");
        }
        ContainerSpec spec = store.ReadSpec(state);
        process ??= compose(spec);
        // a filter is the container's, and not of one process: a process of its own JSON has none to lose it by
        process = process with { Seccomp = spec.Process?.Seccomp, SeccompListener = spec.Process?.SeccompListener, Environment = [.. process.Environment, .. options.Environment] };
        using (Fd root = Paths.Open($"/proc/{state.Pid}/root", OpenFlags.Path | OpenFlags.Directory)) process = HomeDirectory.AddTo(process, root, []);
        StreamOwners.Give(spec, process);
        ContainerProcess started = ContainerProcess.Join(spec, process, init!, new JoinOptions
        {
            Cgroup = CgroupOf(state, options),
            PreservedDescriptors = options.PreservedDescriptors,
        });
        try
        {
            options.Meanwhile?.Invoke();
            started.Start();
            ListenerHandover.Send(started, process.SeccompListener, new HookState(spec.Version, id, "running", state.Pid, state.Bundle, spec.Annotations));
            Creation.Hand(options, started, console);
            return started;
        }
        catch
        {
            started.Kill();
            started.Dispose();
            throw;
        }
    }

    private static Cgroup? CgroupOf(ContainerState state, CreationOptions options)
    {
        if (state.CgroupPath is null || options.WithoutCgroups) return null;
        if (string.IsNullOrEmpty(options.SubCgroup)) return Cgroup.Open(state.CgroupPath);
        string path = $"{state.CgroupPath}/{options.SubCgroup.Trim('/')}";
        if (path.Split('/').Contains("..")) throw new LifecycleException($"--cgroup {options.SubCgroup}: is not below the container's cgroup");
        return CgroupLayout.Current.Exists(path) ? Cgroup.Open(path)
            : throw new LifecycleException($"--cgroup {options.SubCgroup}: {path}: no such cgroup");
    }
}
