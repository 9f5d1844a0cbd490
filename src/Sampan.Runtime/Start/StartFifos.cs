using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Runtime.Start;

/// <summary>
/// How a container that was created in one process is started by another: a byte through <c>start.fifo</c> lets it go on, and
/// what then goes wrong comes back through <c>report.fifo</c>, which the exec closes.
/// </summary>
internal static class StartFifos
{
    /// <summary>Makes both and opens them for reading and writing, so that neither side ever waits for the other to open.</summary>
    public static (Fd Start, Fd Report) Open(string directory)
    {
        Fd start = Make($"{directory}/start.fifo");
        return (start, Make($"{directory}/report.fifo"));
    }

    /// <summary>Starts the container; returns once its command is executed.</summary>
    /// <exception cref="StartException">It failed, at a step of the plan whose lines are given.</exception>
    public static void Start(string directory, IReadOnlyList<string> steps)
    {
        using Fd report = Paths.Open($"{directory}/report.fifo", OpenFlags.ReadOnly);
        using (Fd start = Paths.Open($"{directory}/start.fifo", OpenFlags.WriteOnly | OpenFlags.NonBlocking))
            Streams.WriteAll(start, [1]);
        File.Delete($"{directory}/start.fifo");
        byte[] message = new byte[8];
        int read = Streams.Read(report, message);
        File.Delete($"{directory}/report.fifo");
        if (read == 0) return;
        int step = BitConverter.ToInt32(message);
        throw new StartException(step >= 0 && step < steps.Count ? steps[step] : "start", (Errno)BitConverter.ToInt32(message, 4));
    }

    private static Fd Make(string path)
    {
        Nodes.MakeFifo(path, 0x180);
        return Paths.Open(path, OpenFlags.ReadWrite);
    }
}
