using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Engine.State;

/// <summary>A container's directory under run: it appears with its lock already held, so that nobody takes a container that
/// is just being started for one whose monitor was killed.</summary>
public static class RunDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Takes the container for this process.</summary>
    /// <exception cref="EngineException">It runs already, or its last run was not cleaned up after.</exception>
    public static FileLock Claim(EnginePaths paths, string id, string name)
    {
        ContainerPaths container = paths.Container(id);
        // a leading dot: the sweep leaves it alone as long as its lock is held
        string unborn = Path.Combine(paths.RunningContainers, $".{id}.{Environment.ProcessId}");
        Directory.CreateDirectory(unborn, OwnerOnly);
        FileLock held = FileLock.TryTake(Path.Combine(unborn, "lock")) ?? throw new EngineException($"container {name}: {unborn} is locked");
        try
        {
            Directory.CreateDirectory(Path.Combine(unborn, Path.GetFileName(container.Staging)));
            Directory.Move(unborn, container.Run);
            return held;
        }
        catch (IOException e)
        {
            Directory.Delete(unborn, recursive: true);
            held.Dispose();
            if (e is SyscallException || !Directory.Exists(container.Run)) throw;
            throw new EngineException($"container {name} is already running", e);
        }
    }
}
