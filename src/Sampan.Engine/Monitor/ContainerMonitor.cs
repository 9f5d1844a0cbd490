using Sampan.Engine.Containers;
using Sampan.Engine.Logs;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;
using Sampan.Networks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;

namespace Sampan.Engine.Monitor;

/// <summary>The process that is the parent of one container: makes it, looks after it, and undoes it.</summary>
public sealed class ContainerMonitor
{
    /// <summary>The default network.</summary>
    public const string BridgeName = "sampan0";

    private readonly EnginePaths _engine;
    private readonly ContainerPaths _paths;
    private readonly ContainerRecord _record;
    private readonly RunDirectory _claim;
    private readonly Stack<Action> _undo = new();
    private NetworkAttachment? _attachment;
    private bool _networked;
    private bool _outOfMemory;

    private ContainerMonitor(EnginePaths engine, ContainerRecord record, RunDirectory claim)
    {
        _claim = claim;
        _engine = engine;
        _record = record;
        _paths = engine.Container(record.Id);
    }

    /// <summary>The whole life of a monitor; its first client waits at <see cref="MonitorLauncher.ConnectionDescriptor"/>.</summary>
    /// <returns>The exit code of the program.</returns>
    public static int Run(string id)
    {
        // before anything else: a stop that arrives while the container is made must not leave half of one
        using SignalFd signals = new(SignalNumber.Terminate, SignalNumber.HangUp, SignalNumber.Interrupt, SignalNumber.Quit,
            SignalNumber.User1, SignalNumber.User2);
        OwnProgram.Rename("sampan-monitor");
        Fd first = new(MonitorLauncher.ConnectionDescriptor);
        Streams.SetCloseOnExec(first);
        try
        {
            EnginePaths engine = EnginePaths.FromEnvironment();
            using RunDirectory claim = RunDirectory.Inherited(engine, id, new Fd(MonitorLauncher.LockDescriptor), new Fd(MonitorLauncher.ListenerDescriptor));
            ContainerRecord record = ContainerRecord.Read(engine.Container(id).Record);
            claim.Keep();
            new ContainerMonitor(engine, record, claim).Live(signals, first);
            return 0;
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Refuse(first, 125, e.Message);
            return 125;
        }
    }

    private void Live(SignalFd signals, Fd first)
    {
        MonitorLoop? loop = null;
        int code;
        string? error = null;
        try
        {
            File.Delete(_paths.Exit);
            code = StartAndWatch(signals, first, ref loop);
        }
        catch (Exception e) when (e is EngineException or StartException or NetworkException or SpecException or IOException or UnauthorizedAccessException)
        {
            code = (e as StartException)?.ExitCode ?? 125;
            error = e.Message;
        }

        string? undone = CleanUp(code, error);
        // from here on the container counts as ended, even where a client takes long to read the rest
        _claim.Lock.Dispose();
        loop?.Clients.AcceptAll();
        if (loop is null) Refuse(first, code, error ?? undone ?? "");
        else if (error is not null) loop.Clients.TellStartFailed(code, error);
        else loop.Clients.Tell(FrameType.Exited, code);
        _claim.Dispose(); // who connected before there was a loop sees the end of the connection

        // Only now, because the kernel takes tens of milliseconds to let go of a link. Killed before it is done, the next
        // sweep finds the address still held and goes on here.
        string? failed = null;
        if (_networked) Try(() => BridgeNetwork.DetachContainer(_engine.Networks, _record.Id), ref failed);
        loop?.Clients.Finish();
        loop?.Dispose();
    }

    private int StartAndWatch(SignalFd signals, Fd first, ref MonitorLoop? loop)
    {
        ContainerOptions options = _record.Options;

        // 1. what the container sees of names, before its files are mounted
        NameFiles.Write(_record, _paths);

        // 2. its root file system, which no path of the host leads to
        using Fd? ids = _record.Ids is { } range ? MappedUserNamespace.Make(range.Users, range.Groups) : null;
        using Fd root = OpenRoot(ids);
        using Fd? image = ids is null ? null : OpenUnmapped();
        ContainerSpec spec = SpecComposer.Compose(_record, _engine, root, options.Terminal ? AnnouncedSize.Peek(first) : null, image);

        // 3. its cgroup, before there is a process to limit
        using Cgroup? cgroup = spec.CgroupPath is { } path ? CreateCgroup(path, spec) : null;
        new RunState(0, Environment.ProcessId, DateTimeOffset.UtcNow, spec.CgroupPath, Network: null).Write(_paths.State);

        // 4. its first process, which mounts while we go on
        using StreamPipes? pipes = options.Terminal ? null : StreamPipes.Open(options.Interactive);
        if (pipes is not null) GiveAway(pipes, spec);
        using ContainerProcess process = ContainerProcess.Create(spec, StartOptions(root, cgroup, pipes) with { Ids = ids });
        try
        {
            // 5. its network
            if (options.Network == "bridge" && spec.Makes(NamespaceKind.Network)) AttachNetwork(process.Pid);

            // 6. from here on it runs its own program
            process.Start();
        }
        catch
        {
            process.Kill();
            throw;
        }

        new RunState(process.Pid, Environment.ProcessId, DateTimeOffset.UtcNow, spec.CgroupPath, _attachment).Write(_paths.State);
        pipes?.Dispose();
        root.Dispose(); // the container has it; held here it would only keep the layers busy

        // 7. and we look after it
        using ContainerStreams streams = pipes?.MonitorEnds ?? ContainerStreams.OfTerminal(process.Console!);
        using LogWriter log = new(_paths.Log, new LogLimits(options.LogFileBytes, (int)(options.LogFiles ?? 1)));
        loop = new MonitorLoop(streams, process.PidFd, new StopTimer(StopSignal()), log, signals, _claim.Listener, first);
        loop.HandleFirstRequests();
        loop.Clients.Tell(FrameType.Started, process.Pid);
        int code = loop.Run();
        _outOfMemory = cgroup?.OutOfMemoryKills > 0;
        return code;
    }

    private StartOptions StartOptions(Fd root, Cgroup? cgroup, StreamPipes? pipes)
    {
        StartOptions start = new() { RootFileSystem = root, StagingDirectory = _paths.Staging, Cgroup = cgroup, BindDevices = OwnUserNamespace.IsInside };
        return pipes is null
            ? start
            : start with { StandardInput = pipes.Input, StandardOutput = pipes.Output, StandardError = pipes.ErrorOutput };
    }

    // the command may open its own streams again, as /dev/stdout
    private void GiveAway(StreamPipes pipes, ContainerSpec spec)
    {
        uint user = spec.Process!.User.Uid + (_record.Ids?.FirstUser ?? 0);
        if (user == 0) return;
        Entries.ChangeOwner(pipes.Output, user, uint.MaxValue);
        Entries.ChangeOwner(pipes.ErrorOutput, user, uint.MaxValue);
        if (_record.Options.Interactive) Entries.ChangeOwner(pipes.Input, user, uint.MaxValue);
    }

    private Fd OpenRoot(Fd? ids)
    {
        if (_record.Options.RootFileSystem)
            return ids is null ? DetachedMount.Clone(_record.Options.Image, recursive: false) : MappedMount.Clone(_record.Options.Image, ids);
        using Fd? image = MountImage();
        if (ids is null) return DetachedMount.Overlay(Lowers(image), _paths.Upper, _paths.Work, userXattr: OwnUserNamespace.IsInside);

        using Fd upper = Paths.Open(_paths.Upper, OpenFlags.ReadOnly | OpenFlags.Directory);
        Entries.ChangeOwner(upper, _record.Ids!.FirstUser, _record.Ids.FirstGroup); // it is the container's /
        return MappedMount.Overlay(Lowers(image), _paths.Upper, _paths.Work, ids, _paths.Staging);
    }

    /// <summary>The image's files with the owners that it gives them, where the container's root shows others; null when no volume needs them.</summary>
    private Fd? OpenUnmapped()
    {
        if (!_record.Options.Mounts.Any(mount => mount.Type == "volume")) return null;
        if (_record.Options.RootFileSystem) return DetachedMount.Clone(_record.Options.Image, recursive: false);
        if (MountImage() is { } image) return image;
        string[] lowers = Lowers(null);
        return lowers.Length == 1 ? DetachedMount.Clone(lowers[0], recursive: false) : DetachedMount.Overlay(lowers, null, null, userXattr: false);
    }

    /// <summary>The image as one file system; null where it is directories.</summary>
    private Fd? MountImage()
    {
        try
        {
            return _record.Index?.Mount();
        }
        catch (ImageException e)
        {
            throw new EngineException(e.Message, e);
        }
    }

    private string[] Lowers(Fd? image) => image is null ? [.. _record.Layers.Reverse()] : [image.ProcPath];

    private void AttachNetwork(int pid)
    {
        List<PublishedPort> ports = [];
        foreach (string text in _record.Options.Publish) ports.AddRange(PublishedPort.Parse(text));
        if (OwnUserNamespace.IsInside)
        {
            IDisposable network = UserNetwork.Attach(pid, ports, _paths);
            _undo.Push(network.Dispose);
            return;
        }

        using Fd netns = Paths.Open($"/proc/{pid}/ns/net", OpenFlags.ReadOnly);
        _networked = true;
        _undo.Push(() => BridgeNetwork.WithdrawPorts(_engine.Networks, _record.Id));
        _attachment = BridgeNetwork.Attach(_engine.Networks, _record.Id, netns, new BridgeNetworkOptions(BridgeName, _record.Options.NetworkSubnet), ports);
        NameFiles.WriteAddresses(_record, _paths, _attachment);
    }

    private int StopSignal() => _record.StopSignal is { } name && SignalNumber.TryParse(name, out int signal) ? signal : SignalNumber.Terminate;

    /// <summary>Undoes everything in reverse order; what fails does not keep the rest from being undone.</summary>
    /// <returns>What could not be undone, or null.</returns>
    private string? CleanUp(int code, string? error)
    {
        string? failed = null;
        bool keep = false;
        while (_undo.TryPop(out Action? undo)) keep |= !Try(undo, ref failed);
        if (_record.Options.Remove) keep |= !Try(() => new ContainerStore(_engine).Remove(_record), ref failed);
        else Try(() => new ExitRecord(code, DateTimeOffset.UtcNow, _outOfMemory, Error: error).Write(_paths.Exit), ref failed);
        // what could not be undone is left to the next sweep, which finds it by this directory
        if (!keep) Try(_claim.Remove, ref failed);
        return failed;
    }

    private static bool Try(Action action, ref string? failed)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetworkException or EngineException)
        {
            failed = failed is null ? e.Message : $"{failed}; {e.Message}";
            return false;
        }
    }

    private Cgroup CreateCgroup(string path, ContainerSpec spec)
    {
        Cgroup cgroup = Cgroup.Create(path, spec.Resources!);
        _undo.Push(() => DeleteCgroup(path));
        return cgroup;
    }

    private static void DeleteCgroup(string path)
    {
        using Cgroup cgroup = Cgroup.Open(path);
        cgroup.KillAll();
        cgroup.Delete(withParent: true);
    }

    private static void Refuse(Fd client, int code, string message)
    {
        ByteQueue frame = new();
        Frame.AppendStartFailed(frame, code, message);
        try
        {
            Streams.WriteAll(client, frame.Front);
        }
        catch (IOException)
        {
            // the client is gone: nobody left to tell
        }

        client.Dispose();
    }
}
