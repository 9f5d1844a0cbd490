using Sampan.Engine.Containers;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Networks;

namespace Sampan.Engine.Cleanup;

/// <summary>Finishes the clean-up after monitors that were killed. Costs two directory listings when there is nothing to do.</summary>
public static class Sweep
{
    /// <summary>How old a container without a record must be before it counts as abandoned by the command that made it.</summary>
    private static readonly TimeSpan UnfinishedAge = TimeSpan.FromMinutes(1);

    /// <returns>What could not be undone, one line each; tried again the next time.</returns>
    public static IReadOnlyList<string> Run(EnginePaths paths)
    {
        List<string> errors = [];
        foreach (string directory in Directories(paths.RunningContainers)) Try(errors, directory, () => FinishIfAbandoned(paths, directory));
        if (Directory.Exists(paths.Networks)) Try(errors, paths.Networks, () => DetachGone(paths));
        foreach (string link in Links(paths.Names)) Try(errors, link, () => ReleaseIfGone(paths, link));
        foreach (string link in new IdRanges(paths).Links) Try(errors, link, () => ReleaseIdsIfGone(paths, link));
        return errors;
    }

    private static void FinishIfAbandoned(EnginePaths paths, string directory)
    {
        string name = Path.GetFileName(directory);
        string lockFile = Path.Combine(directory, "lock");
        bool unborn = name.StartsWith('.');
        // made in this moment: its owner makes the lock next
        if (unborn && !File.Exists(lockFile) && Age(directory) < UnfinishedAge) return;
        using FileLock? held = FileLock.TryTake(lockFile);
        if (held is null) return;
        if (unborn) Directory.Delete(directory, recursive: true);
        else if (Directory.Exists(directory)) Finish(paths, name);
    }

    private static void Finish(EnginePaths paths, string id)
    {
        ContainerPaths container = paths.Container(id);
        // a container of an ordinary user has neither; its processes ended with its monitor
        if (CgroupLayout.Current.IsWritable) KillCgroup(RunState.ReadIfExists(container.State)?.CgroupPath ?? CgroupPlace.Of(id));
        PastaNetwork.EndAbandoned(container.PastaPid);
        if (Directory.Exists(paths.Networks)) BridgeNetwork.DetachContainer(paths.Networks, id);
        if (File.Exists(container.Record))
        {
            ContainerRecord record = ContainerRecord.Read(container.Record);
            if (record.Options.Remove) new ContainerStore(paths).Remove(record);
            // an exit that the monitor recorded before it was killed is true
            else if (!File.Exists(container.Exit)) new ExitRecord(ExitRecord.LostCode, DateTimeOffset.UtcNow, Lost: true).Write(container.Exit);
        }

        // last: as long as it is there, the next sweep tries again
        Directory.Delete(container.Run, recursive: true);
    }

    private static void KillCgroup(string path)
    {
        using Cgroup cgroup = Cgroup.Open(path);
        cgroup.KillAll();
        cgroup.Delete(withParent: true);
    }

    private static void DetachGone(EnginePaths paths)
    {
        foreach (string id in BridgeNetwork.Attached(paths.Networks))
            if (!Directory.Exists(paths.Container(id).Run)) BridgeNetwork.DetachContainer(paths.Networks, id);
        BridgeNetwork.RemoveUnused(paths.Networks);
    }

    private static void ReleaseIfGone(EnginePaths paths, string link)
    {
        if (new FileInfo(link).LinkTarget is not { } id) return;
        ContainerPaths container = paths.Container(id);
        if (Age(link) < UnfinishedAge || Directory.Exists(container.Run)) return;
        if (File.Exists(container.Record) && !NeverRanAndIsToGo(container)) return;
        Trees.Remove(container.Data);
        File.Delete(link);
    }

    // claimed just before the container's directory is made, given back just after that is removed
    private static void ReleaseIdsIfGone(EnginePaths paths, string link)
    {
        if (new FileInfo(link).LinkTarget is { } id && Age(link) >= UnfinishedAge && !Directory.Exists(paths.Container(id).Data)) File.Delete(link);
    }

    /// <summary>A container of <c>run --rm</c> whose client was killed before it started the monitor.</summary>
    private static bool NeverRanAndIsToGo(ContainerPaths container) =>
        !File.Exists(container.Exit) && ContainerRecord.Read(container.Record).Options.Remove;

    private static TimeSpan Age(string path) => DateTime.UtcNow - new FileInfo(path).LastWriteTimeUtc;

    private static string[] Directories(string path) => Directory.Exists(path) ? Directory.GetDirectories(path) : [];

    private static string[] Links(string path) => Directory.Exists(path) ? Directory.GetFileSystemEntries(path) : [];

    private static void Try(List<string> errors, string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EngineException or NetworkException)
        {
            if (e is SyscallException { Errno: Errno.ENOENT } or DirectoryNotFoundException) return; // another sweep was faster
            errors.Add($"clean up {what}: {e.Message}");
        }
    }
}
