using Sampan.Engine.Containers;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Networks;

namespace Sampan.Engine.Cleanup;

/// <summary>Finishes the clean-up after processes that were killed: monitors, and commands that made or removed a container. Costs a
/// few directory listings when there is nothing to do.</summary>
public static class Sweep
{
    /// <returns>What could not be undone, one line each; tried again the next time.</returns>
    public static IReadOnlyList<string> Run(EnginePaths paths)
    {
        List<string> errors = [];
        foreach (string directory in Entries(paths.RunningContainers)) Try(errors, directory, () => FinishIfAbandoned(paths, directory));
        if (Directory.Exists(paths.Networks))
        {
            Try(errors, paths.Networks, () => DetachGone(paths));
            Try(errors, paths.Networks, () => BridgeNetwork.Repair(paths.Networks));
        }

        foreach (string directory in Entries(paths.Removed)) Try(errors, directory, () => ContainerStore.DeleteRemoved(directory));
        foreach (string link in Entries(paths.Names)) Try(errors, link, () => ReleaseIfGone(paths, link));
        foreach (string link in new IdRanges(paths).Links) Try(errors, link, () => ReleaseIdsIfGone(paths, link));
        return errors;
    }

    /// <summary>Whether a process was killed that left something on disk.</summary>
    public static bool IsNeeded(EnginePaths paths) =>
        Entries(paths.Removed).Length > 0
        || Array.Exists(Entries(paths.RunningContainers), directory => !FileLock.IsHeld(Path.Combine(directory, ContainerPaths.LockName)));

    private static void FinishIfAbandoned(EnginePaths paths, string directory)
    {
        string name = Path.GetFileName(directory);
        bool isContainer = !name.StartsWith('.');
        using FileLock? held = TakeLock(directory, out bool exists);
        if (held is null)
        {
            // one that was just made, or whose deletion was interrupted: only an empty one has no lock. Its maker would try again
            if (!exists && !isContainer) RunDirectory.DeleteIfEmpty(directory);
            return;
        }

        if (isContainer) Finish(paths, name);
        else RunDirectory.Delete(directory);
    }

    private static FileLock? TakeLock(string directory, out bool exists)
    {
        exists = true;
        try
        {
            return FileLock.TryTakeExisting(Path.Combine(directory, ContainerPaths.LockName));
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
            exists = false;
            return null;
        }
    }

    private static void Finish(EnginePaths paths, string id)
    {
        ContainerPaths container = paths.Container(id);
        if (!Directory.Exists(container.Run)) return; // another sweep did it while this one waited for the processor
        // a container of an ordinary user has neither; its processes ended with its monitor
        if (CgroupLayout.Current.IsWritable) KillCgroup(RunState.ReadIfExists(container.State)?.CgroupPath ?? CgroupPlace.Of(id));
        PastaNetwork.EndAbandoned(container.PastaPid);
        if (Directory.Exists(paths.Networks)) BridgeNetwork.DetachContainer(paths.Networks, id);
        if (ContainerRecord.ReadIfExists(container.Record) is { } record)
        {
            if (record.Options.Remove || File.Exists(container.Fleeting)) new ContainerStore(paths).Remove(record);
            // an exit that the monitor recorded before it was killed is true
            else if (!File.Exists(container.Exit)) new ExitRecord(ExitRecord.LostCode, DateTimeOffset.UtcNow, Lost: true).Write(container.Exit);
        }
        else NeverRecorded(paths, id);

        // last: as long as it is there, the next sweep tries again
        RunDirectory.Remove(paths, id);
    }

    /// <summary>The command that made it was killed before it had written down what it is.</summary>
    private static void NeverRecorded(EnginePaths paths, string id)
    {
        foreach (string link in Entries(paths.Names))
            if (new FileInfo(link).LinkTarget == id) File.Delete(link);
        ContainerStore.DeleteRemoved(paths.Container(id).Data);
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
    }

    // the name is claimed after the run directory and given back before it goes: without both it is nobody's
    private static void ReleaseIfGone(EnginePaths paths, string link)
    {
        if (new FileInfo(link).LinkTarget is not { } id) return;
        ContainerPaths container = paths.Container(id);
        if (File.Exists(container.Exit) || Directory.Exists(container.Run)) return;
        if (ContainerRecord.ReadIfExists(container.Record) is not { } record) File.Delete(link);
        // a reboot took the run directory of a container that was to go with its end
        else if (record.Options.Remove) new ContainerStore(paths).Remove(record);
    }

    // ids are claimed after the run directory, and given back when no file has these owners any more
    private static void ReleaseIdsIfGone(EnginePaths paths, string link)
    {
        if (new FileInfo(link).LinkTarget is not { } id) return;
        ContainerPaths container = paths.Container(id);
        if (!Directory.Exists(container.Run) && !Directory.Exists(container.Data) && !Directory.Exists(Path.Combine(paths.Removed, id))) File.Delete(link);
    }

    private static string[] Entries(string path) => Directory.Exists(path) ? Directory.GetFileSystemEntries(path) : [];

    private static void Try(List<string> errors, string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EngineException or NetworkException)
        {
            if (e is SyscallException { Errno: Errno.ENOENT } or DirectoryNotFoundException or FileNotFoundException) return; // another sweep was faster
            errors.Add($"clean up {what}: {e.Message}");
        }
    }
}
