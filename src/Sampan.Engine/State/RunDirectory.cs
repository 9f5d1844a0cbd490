using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.State;

/// <summary>
/// A container's directory under run, owned by one process at a time: the command that makes the container, then its monitor,
/// or a command that removes it. It appears, by rename, with its lock held and its socket listening, and vanishes by rename. So
/// whoever sees the container can connect to it, however early, and is served when its owner comes to that.
/// </summary>
public sealed class RunDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly EnginePaths _engine;
    private readonly string _id;

    private RunDirectory(EnginePaths engine, string id, FileLock held, Fd listener)
    {
        _engine = engine;
        _id = id;
        Lock = held;
        Listener = listener;
    }

    public FileLock Lock { get; }

    public Fd Listener { get; }

    /// <summary>
    /// Takes a container for this process, as one of which nothing is to be kept when this process is killed
    /// (<see cref="ContainerPaths.Fleeting"/>). Null when somebody else has it, or had it and was not cleaned up after.
    /// </summary>
    public static RunDirectory? TryClaim(EnginePaths engine, string id)
    {
        for (int attempt = 0; ; attempt++)
        {
            // a leading dot: not a container (yet), and a sweep leaves it alone as long as its lock is held
            string unborn = Path.Combine(engine.RunningContainers, $".{id}.{Environment.ProcessId}.{attempt}");
            FileLock? held = null;
            Fd? listener = null;
            try
            {
                Directory.CreateDirectory(unborn, OwnerOnly);
                held = FileLock.TryTake(Path.Combine(unborn, ContainerPaths.LockName));
                if (held is null) continue; // a sweep found it in the moment before, and removes it
                listener = UnixSocket.Listen(unborn, ContainerPaths.SocketName);
                ContainerPaths container = engine.Container(id);
                Directory.CreateDirectory(Path.Combine(unborn, Path.GetFileName(container.Staging)));
                File.WriteAllBytes(Path.Combine(unborn, Path.GetFileName(container.Fleeting)), []);
                if (Renaming.TryMove(unborn, container.Run)) return new RunDirectory(engine, id, held, listener);
                Delete(unborn);
            }
            catch (IOException) when (attempt < 100 && !Directory.Exists(unborn))
            {
                listener?.Dispose();
                held?.Dispose();
                continue; // as above, a little later
            }

            listener.Dispose();
            held.Dispose();
            return null;
        }
    }

    /// <summary>The directory that a process was started with.</summary>
    public static RunDirectory Inherited(EnginePaths engine, string id, Fd held, Fd listener)
    {
        Streams.SetCloseOnExec(held);
        Streams.SetCloseOnExec(listener);
        return new RunDirectory(engine, id, FileLock.Inherited(held), listener);
    }

    /// <summary>From here on the container stays when this process is killed.</summary>
    public void Keep() => File.Delete(_engine.Container(_id).Fleeting);

    /// <summary>The container does not run any more: the directory vanishes at once, and is then deleted.</summary>
    public void Remove() => Remove(_engine, _id);

    /// <summary>As <see cref="Remove()"/>, for a sweep, which has taken the lock.</summary>
    internal static void Remove(EnginePaths engine, string id)
    {
        string gone = Path.Combine(engine.RunningContainers, $".{id}.{Environment.ProcessId}.gone");
        if (Renaming.TryMove(engine.Container(id).Run, gone)) Delete(gone);
    }

    /// <summary>The lock goes last: until then nobody else touches the rest.</summary>
    internal static void Delete(string directory)
    {
        try
        {
            foreach (string entry in Directory.GetFileSystemEntries(directory))
            {
                if (Path.GetFileName(entry) == ContainerPaths.LockName) continue;
                if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
                else File.Delete(entry);
            }

            File.Delete(Path.Combine(directory, ContainerPaths.LockName));
            DeleteIfEmpty(directory);
        }
        catch (DirectoryNotFoundException)
        {
            // a sweep was faster
        }
    }

    /// <summary>One that is not empty has a maker, who went on in this moment and has made a lock again.</summary>
    internal static void DeleteIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            // his, then
        }
    }

    /// <summary>Lets go of the container.</summary>
    public void Dispose()
    {
        Listener.Dispose();
        Lock.Dispose();
    }
}
