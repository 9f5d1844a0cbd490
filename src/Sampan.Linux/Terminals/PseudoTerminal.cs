using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Terminals;

/// <summary>A pair of connected terminal ends, pty(7).</summary>
public sealed unsafe partial class PseudoTerminal : IDisposable
{
    [C("TIOCSPTLCK")] private const nuint UnlockRequest = 0x40045431;
    [C("TIOCGPTPEER")] private const nuint PeerRequest = 0x5441;

    private PseudoTerminal(Fd master, Fd slave)
    {
        Master = master;
        Slave = slave;
    }

    /// <summary>The end of the program that plays the terminal.</summary>
    public Fd Master { get; }

    /// <summary>The end of the program that runs in it.</summary>
    public Fd Slave { get; }

    /// <summary>Makes a pair in this process's mount of devpts. The second end comes from the first one's descriptor, not
    /// from a path that could lead elsewhere.</summary>
    public static PseudoTerminal Open()
    {
        Fd master = Paths.Open("/dev/ptmx", OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal);
        int locked = 0;
        int slave = -1;
        if (ioctl(master.Number, UnlockRequest, (nint)(&locked)) == 0)
            slave = ioctl(master.Number, PeerRequest, (nint)(OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec));
        if (slave >= 0) return new PseudoTerminal(master, new Fd(slave));
        SyscallException error = SyscallException.Last($"ioctl({master}, TIOCGPTPEER)");
        master.Dispose();
        throw error;
    }

    public void Dispose()
    {
        Slave.Dispose();
        Master.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, nint argument);
}
