using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;

namespace Sampan.Runtime.Hooks;

/// <summary>
/// The hooks of one container at the moments of its life, runtime-spec runtime.md "Lifecycle" and config.md "POSIX-platform
/// Hooks". Those of the host are started here with posix_spawn; those of the container are children of this program too, which
/// enter its namespaces.
/// </summary>
public sealed class ContainerHooks(ContainerSpec spec, string id, string bundle)
{
    /// <summary>prestart, createRuntime and createContainer: everything is made, and the root is not yet pivoted into.</summary>
    /// <exception cref="HookException">The first that failed.</exception>
    public void RunBeforePivot(ContainerProcess process)
    {
        foreach (HookSpec hook in spec.Hooks.Prestart.Concat(spec.Hooks.CreateRuntime)) RunInRuntime(hook, "creating", process.Pid);
        foreach (HookSpec hook in spec.Hooks.CreateContainer)
        {
            HookRun.Run(hook, State("creating", PidInside(process.Pid)), (input, output) =>
                ContainerProcess.RunHook(spec, hook, process.PidFd, input, output).Detach());
        }
    }

    /// <summary>prestart and createRuntime of a container that is being restored: its namespaces are there, and are still empty.</summary>
    public void RunBeforeRestore(int pid)
    {
        foreach (HookSpec hook in spec.Hooks.Prestart.Concat(spec.Hooks.CreateRuntime)) RunInRuntime(hook, "creating", pid);
    }

    /// <summary>
    /// startContainer: in the container and under all its restrictions, because the program is one of the container's files.
    /// </summary>
    public void RunBeforeStart(int pid, Cgroup? cgroup)
    {
        foreach (HookSpec hook in spec.Hooks.StartContainer)
        {
            ProcessSpec process = spec.Process! with
            {
                Arguments = hook.Arguments.Count > 0 ? [hook.Path, .. hook.Arguments.Skip(1)] : [hook.Path],
                Environment = hook.Environment,
                Terminal = false,
                WorkingDirectory = "/",
                SeccompListener = null,
                Seccomp = spec.Process.SeccompListener is null ? spec.Process.Seccomp : null,
                DiesWithParent = true,
            };
            HookRun.Run(hook, State("created", PidInside(pid)), (input, output) =>
            {
                using Fd init = PidFd.Open(pid);
                ContainerProcess started = ContainerProcess.Join(spec, process, init, new JoinOptions
                {
                    StandardInput = input,
                    StandardOutput = output,
                    StandardError = output,
                    Cgroup = cgroup,
                });
                started.Start();
                return started.Detach();
            });
        }
    }

    /// <summary>poststart: the command runs.</summary>
    public void RunAfterStart(int pid)
    {
        foreach (HookSpec hook in spec.Hooks.Poststart) RunInRuntime(hook, "running", pid);
    }

    /// <summary>poststop: the container is gone. One that fails is a warning, and the others run.</summary>
    /// <param name="warn">Gets one line for each that failed.</param>
    public void RunAfterStop(Action<string> warn)
    {
        foreach (HookSpec hook in spec.Hooks.Poststop)
        {
            try
            {
                RunInRuntime(hook, "stopped", 0);
            }
            catch (HookException error)
            {
                warn(error.Message);
            }
        }
    }

    private void RunInRuntime(HookSpec hook, string status, int pid) => HookRun.Run(hook, State(status, pid), (input, output) =>
    {
        Child child = Spawn.Start(hook.Path, hook.Arguments.Count > 0 ? hook.Arguments : [hook.Path], hook.Environment,
            new Dictionary<int, Fd> { [0] = input, [1] = output, [2] = output });
        return PidFd.Open(child.ProcessId);
    });

    private HookState State(string status, int pid) => new(spec.Version, id, status, pid, bundle, spec.Annotations);

    // hooks in the container see the pid that it has there: the last number of NSpid, proc_pid_status(5)
    private static int PidInside(int pid)
    {
        string? line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(static line => line.StartsWith("NSpid:", StringComparison.Ordinal));
        return line is null ? pid : int.Parse(line.AsSpan(line.LastIndexOf('\t') + 1), System.Globalization.CultureInfo.InvariantCulture);
    }
}
