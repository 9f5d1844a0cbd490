using Sampan.Engine.Containers;
using Sampan.Engine.State;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Engine.Exec;

/// <summary>
/// Executes a further process in a running container. The caller is its parent: it has the caller's own streams, and ends
/// when the caller does.
/// </summary>
public static class ContainerExec
{
    /// <param name="started">Called once the command is executed, or null.</param>
    /// <returns>The process's exit code, or 128 plus the signal that ended it.</returns>
    /// <exception cref="EngineException">The container does not run.</exception>
    /// <exception cref="StartException">The command could not be executed; its exit code says why.</exception>
    public static int Run(EnginePaths paths, ContainerRecord record, ExecOptions options, Action? started = null)
    {
        RunState? state = new ContainerStore(paths).Describe(record).Running;
        using Fd? init = state is { Pid: > 0 } ? PidFd.TryOpen(state.Pid) : null;
        // a container that ends in this moment: its number may already be another process's, but that has another parent
        if (init is null || ProcessStat.Of(state!.Pid)?.ParentPid != state.MonitorPid)
            throw new EngineException($"container {record.Name} is not running");
        using Fd root = Paths.Open($"/proc/{state.Pid}/root", OpenFlags.Path | OpenFlags.Directory);
        ContainerSpec spec = SpecComposer.ComposeExec(record, paths, root, options, Terminal.TryGetSize(Fd.StandardInput));
        using Cgroup? cgroup = spec.CgroupPath is { } path ? Cgroup.Open(path) : null;
        using Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadOnly);
        using ContainerProcess process = ContainerProcess.Join(spec, spec.Process!, init, new JoinOptions
        {
            Cgroup = cgroup,
            StandardInput = options.Interactive ? Fd.StandardInput : nothing,
        });
        process.Start();
        started?.Invoke();
        return process.Console is null ? SignalRelay.Wait(process.PidFd) : new TerminalRelay(process.Console, options.Interactive).Run(process);
    }
}
