using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Start;

/// <summary>
/// How a container that was created in one process is started by another: a byte through <c>start.fifo</c> lets it go on, and
/// what then goes wrong comes back through <c>report.fifo</c>, which the exec closes.
/// </summary>
/// <remarks>
/// How far a container is can be told from the fifo alone, so that a kill at any moment leaves nothing undecided: under its
/// first name the container is being made; under its last one it waits as long as it has the fifo open.
/// </remarks>
internal static class StartFifos
{
    /// <summary>Makes both and opens them for reading and writing, so that neither side ever waits for the other to open.</summary>
    public static (Fd Start, Fd Report) Open(string directory)
    {
        Fd start = Make(Unfinished(directory));
        return (start, Make($"{directory}/report.fifo"));
    }

    /// <summary>The container is made and waits: from here on it can be started.</summary>
    public static void Publish(string directory) => File.Move(Unfinished(directory), $"{directory}/start.fifo", overwrite: true);

    /// <summary>Creating or created; null for one that runs.</summary>
    public static ContainerStatus? StageOf(string directory)
    {
        if (TryOpenStart(directory) is { } start)
        {
            start.Dispose();
            return ContainerStatus.Created;
        }
        return File.Exists(Unfinished(directory)) ? ContainerStatus.Creating : null;
    }

    /// <summary>Starts the container; returns once its command is executed.</summary>
    /// <exception cref="StartException">It failed, at a step of the plan whose lines are given.</exception>
    /// <exception cref="LifecycleException">It does not wait for its start.</exception>
    public static void Start(string directory, IReadOnlyList<string> steps)
    {
        using Fd report = Paths.Open($"{directory}/report.fifo", OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        using (Fd start = TryOpenStart(directory) ?? throw new LifecycleException("cannot start an already running container"))
            Streams.WriteAll(start, [1]);
        File.Delete($"{directory}/start.fifo");
        byte[] message = new byte[8];
        int read;
        while ((read = Streams.Read(report, message)) == Streams.NotReady) Streams.Wait(report, EpollEvents.Readable, -1);
        File.Delete($"{directory}/report.fifo");
        if (read == 0) return;
        int step = BitConverter.ToInt32(message);
        throw new StartException(step >= 0 && step < steps.Count ? steps[step] : "start", (Errno)BitConverter.ToInt32(message, 4));
    }

    private static string Unfinished(string directory) => $"{directory}/start.fifo.new";

    // without a reader the open fails (ENXIO): nobody waits any more
    private static Fd? TryOpenStart(string directory)
    {
        string path = $"{directory}/start.fifo";
        if (!File.Exists(path)) return null;
        try
        {
            return Paths.Open(path, OpenFlags.WriteOnly | OpenFlags.NonBlocking);
        }
        catch (SyscallException error) when (error.Errno is Errno.ENXIO or Errno.ENOENT)
        {
            return null;
        }
    }

    private static Fd Make(string path)
    {
        Nodes.MakeFifo(path, 0x180);
        return Paths.Open(path, OpenFlags.ReadWrite);
    }
}
