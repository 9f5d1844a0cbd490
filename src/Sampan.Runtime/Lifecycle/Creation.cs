using System.Text;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Netlink.Route;
using Sampan.Linux.Processes;
using Sampan.Linux.Terminals;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;
using Sampan.Runtime.Systemd;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>create</c> and <c>run</c>: from a bundle to a container.</summary>
/// <remarks>
/// This process may be killed at any moment. So the state is written before anything is made that would have to be undone: first
/// where the cgroup will be, then which process it is. A child whose maker has gone ends by itself until the moment it waits
/// for its start, and from then on it is in the cgroup and in the state.
/// </remarks>
public static class Creation
{
    /// <summary>Makes the container; it waits for <c>start</c>. Nothing is left of one that could not be made.</summary>
    /// <param name="console">Gets the terminal's master, of a container that has one.</param>
    public static ContainerProcess Create(StateStore store, string id, Bundle bundle, CreationOptions options, Action<Fd>? console = null) =>
        Make(store, id, bundle, options, startLater: true, console, out _);

    /// <summary>Makes the container and executes its command.</summary>
    /// <param name="notify">What the container says it is ready on; null when nobody wants to know.</param>
    public static ContainerProcess Run(
        StateStore store, string id, Bundle bundle, CreationOptions options, Action<Fd>? console, out NotifySocket? notify)
    {
        ContainerSpec spec = bundle.Spec;
        if (spec.Process is null) throw new SpecException("process: is missing");
        bool hooksAtStart = spec.Hooks.StartContainer.Count > 0; // they run while the container waits for its start
        ContainerProcess process = Make(store, id, bundle, options, startLater: hooksAtStart, console, out notify);
        try
        {
            if (hooksAtStart) Starting.Start(store, id, options.NotifySocket);
            else Starting.RunPoststart(spec, id, bundle.Path, process.Pid);
            return process;
        }
        catch
        {
            notify?.Dispose();
            process.Kill();
            process.Dispose();
            Ending.Delete(store, id, force: true);
            throw;
        }
    }

    private static ContainerProcess Make(
        StateStore store, string id, Bundle bundle, CreationOptions options, bool startLater, Action<Fd>? console, out NotifySocket? notify)
    {
        notify = null;
        ContainerSpec spec = bundle.Spec;
        string rootPath = bundle.RootPath;
        if (!Directory.Exists(rootPath)) throw new SpecException($"root.path: {rootPath}: no such file or directory");
        if (!spec.Has(NamespaceKind.User) && !OwnUserNamespace.MayAdministrate)
            throw new SpecException("linux.namespaces: there is none of type user; hint: an ordinary user's container needs a user namespace, as in the configuration of spec --rootless");
        string directory = store.Claim(id);
        Cgroup? cgroup = null;
        ContainerProcess? process = null;
        ContainerState? state = null;
        ContainerHooks hooks = new(spec, id, bundle.Path);
        bool hooksBegan = false;
        try
        {
            ScopeName? scope = options.SystemdCgroup && !options.WithoutCgroups ? Scope.Name(spec, id) : null;
            state = WriteState(store, id, bundle, options, scope);
            if (state.CgroupPath is not null) cgroup = ContainerCgroup.Make(state.CgroupPath, spec);

            // an ordinary user's child has to make the mount, in its user namespace
            bool clonesRoot = spec.Makes(NamespaceKind.User) && spec.Makes(NamespaceKind.Mount) && !OwnUserNamespace.MayAdministrate;
            using Fd root = spec.Has(NamespaceKind.Mount) && !clonesRoot ? DetachedMount.Clone(rootPath, recursive: true)
                : Paths.Open(rootPath, OpenFlags.Path | OpenFlags.Directory);
            LackingCapabilities.Warn(spec, spec.Process);
            if (spec.Process is { } command)
                spec = spec with { Process = HomeDirectory.AddTo(command with { Environment = [.. command.Environment, .. options.Environment] }, root, spec.Mounts) };
            if (options.NotifySocket is not null) spec = NotifySocket.Prepare(spec, directory);
            if (spec.Process is not null) StreamOwners.Give(spec, spec.Process);
            process = ContainerProcess.Create(spec, new StartOptions
            {
                RootFileSystem = root,
                ClonesRoot = clonesRoot,
                StagingDirectory = rootPath,
                Cgroup = cgroup,
                EnterCgroup = scope is null ? null : pid => cgroup = ContainerCgroup.MakeScope(scope, pid, spec),
                StateDirectory = startLater ? directory : null,
                PreservedDescriptors = options.PreservedDescriptors,
                KeepKeyring = options.KeepKeyring,
                WithoutPivot = options.WithoutPivot,
            });
            CacheAllocation.Apply(state, spec, process.Pid);
            options.Meanwhile?.Invoke();
            if (spec.NetworkDevices.Count > 0) LinkMoving.Move(process.Pid, spec.NetworkDevices);
            state = state with { Pid = process.Pid, PidStartTicks = ProcessStat.Of(process.Pid)?.StartTicks ?? 0, CgroupPath = cgroup?.Path };
            if (startLater)
            {
                File.WriteAllLines($"{directory}/plan", process.Steps, new UTF8Encoding(false));
                store.Write(state);
                process.Prepare(RunHooks);
                Hand(options, process, console);
                StartFifos.Publish(directory);
            }
            else
            {
                store.Write(state);
                notify = NotifySocket.Open(directory, options.NotifySocket);
                process.Start(RunHooks);
                Hand(options, process, console);
            }
            ListenerHandover.Send(process, spec.Process?.SeccompListener, new HookState(spec.Version, id, "creating", process.Pid, bundle.Path, spec.Annotations));
            return process;
        }
        catch
        {
            notify?.Dispose();
            process?.Kill();
            process?.Dispose();
            cgroup?.KillAll(); // a command that was executed already may have children
            cgroup?.Delete();
            if (state is not null) CacheAllocation.Delete(state);
            store.Remove(id);
            if (hooksBegan) hooks.RunAfterStop(Ending.Warn);
            throw;
        }

        void RunHooks()
        {
            hooksBegan = true;
            hooks.RunBeforePivot(process!);
        }
    }

    /// <summary>Writes down where the container will be, before anything is made of it, and its configuration.</summary>
    internal static ContainerState WriteState(StateStore store, string id, Bundle bundle, CreationOptions options, ScopeName? scope)
    {
        ContainerSpec spec = bundle.Spec;
        ContainerState state = CacheAllocation.Plan(new ContainerState
        {
            Id = id,
            Bundle = bundle.Path,
            RootPath = bundle.RootPath,
            OciVersion = spec.Version,
            Created = DateTimeOffset.UtcNow,
            CgroupPath = options.WithoutCgroups || scope is not null ? null : ContainerCgroup.Place(spec, id, options.MayGoWithoutCgroup),
            CgroupUnit = scope?.Unit,
            Owner = Caller.Uid,
            Annotations = spec.Annotations,
        }, spec);
        store.Write(state);
        SmallFile.Write($"{store.DirectoryOf(id)}/config.json", bundle.Configuration);
        return state;
    }

    // what the caller asked for; where it can not be given there is no container
    internal static void Hand(CreationOptions options, ContainerProcess process, Action<Fd>? console)
    {
        if (process.Console is { } master) console?.Invoke(master);
        if (options.PidFdSocket is not null) DescriptorPassing.SendTo(options.PidFdSocket, process.PidFd, "pidfd");
        if (options.PidFile is not null) PidFile.Write(options.PidFile, process.Pid);
    }
}
