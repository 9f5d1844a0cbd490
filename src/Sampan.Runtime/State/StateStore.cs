using System.Text.Json;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;

namespace Sampan.Runtime.State;

/// <summary>The folder with one folder for each container: <c>state.json</c>, <c>config.json</c>, the fifos of its start.</summary>
public sealed class StateStore(string root)
{
    private const int IdLengthMax = 1024;

    public string Root { get; } = root;

    public string DirectoryOf(string id) => $"{Root}/{id}";

    /// <summary>Claims an id, atomically.</summary>
    /// <exception cref="LifecycleException">It is not a name, or taken.</exception>
    public string Claim(string id)
    {
        Validate(id);
        Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string directory = DirectoryOf(id);
        try
        {
            Nodes.MakeDirectory(directory, 0x1C0);
        }
        catch (SyscallException error) when (error.Errno is Errno.EEXIST)
        {
            throw new LifecycleException($"container with given ID already exists: {id}");
        }
        return directory;
    }

    /// <exception cref="LifecycleException">There is none of that id.</exception>
    public ContainerState Read(string id)
    {
        Validate(id);
        try
        {
            return ContainerState.FromJson(SmallFile.Read($"{DirectoryOf(id)}/state.json"));
        }
        catch (SyscallException error) when (error.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            throw new LifecycleException($"container does not exist: {id}");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LifecycleException($"container {id}: its state.json is damaged; hint: delete --force removes it");
        }
        catch (FormatException error)
        {
            throw new LifecycleException($"container {id}: its state.json can not be used: {error.Message}");
        }
    }

    /// <summary>The configuration as it was when the container was made; its bundle may have changed since.</summary>
    public ContainerSpec ReadSpec(ContainerState state) =>
        Bundle.Within(state.Bundle, SpecReader.Read(SmallFile.Read($"{DirectoryOf(state.Id)}/config.json")));

    public void Write(ContainerState state) => SmallFile.Replace($"{DirectoryOf(state.Id)}/state.json", state.ToJson());

    /// <summary>Keeps others from starting the container meanwhile; they wait.</summary>
    /// <exception cref="LifecycleException">There is none of that id.</exception>
    public DirectoryLock Lock(string id)
    {
        Validate(id);
        try
        {
            return DirectoryLock.Take(DirectoryOf(id));
        }
        catch (SyscallException error) when (error.Errno is Errno.ENOENT)
        {
            throw new LifecycleException($"container does not exist: {id}");
        }
    }

    /// <summary>Every container whose state can be read, by id.</summary>
    public IReadOnlyList<ContainerState> List()
    {
        if (!Directory.Exists(Root)) return [];
        return [.. Directory.EnumerateDirectories(Root)
            .Select(directory => TryRead(Path.GetFileName(directory)))
            .OfType<ContainerState>()
            .OrderBy(state => state.Id, StringComparer.Ordinal)];
    }

    public void Remove(string id)
    {
        Validate(id);
        Trees.Remove(DirectoryOf(id));
    }

    public ContainerStatus StatusOf(ContainerState state)
    {
        if (state.Pid == 0) return ContainerStatus.Creating;
        // a zombie whose parent reaps late has ended all the same
        if (ProcessStat.Of(state.Pid) is not { } stat || stat.StartTicks != state.PidStartTicks || stat.State is 'Z' or 'X')
            return ContainerStatus.Stopped;
        if (StartFifos.StageOf(DirectoryOf(state.Id)) is { } stage) return stage;
        return state.CgroupPath is { } cgroup && Cgroup.Open(cgroup).IsFrozen ? ContainerStatus.Paused : ContainerStatus.Running;
    }

    // one damaged or just deleted container must not hide the others
    private ContainerState? TryRead(string id)
    {
        try
        {
            return Read(id);
        }
        catch (LifecycleException)
        {
            return null;
        }
    }

    // an id becomes a folder's name: nothing that could be a path
    private static void Validate(string id)
    {
        bool valid = id.Length is > 0 and <= IdLengthMax && id is not ("." or "..")
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.');
        if (!valid) throw new LifecycleException($"invalid container ID format: {id}");
    }
}
