using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Terminals;

/// <summary>What a descriptor that is a terminal can be asked, ioctl_tty(2).</summary>
public static unsafe partial class Terminal
{
    [C("TIOCGWINSZ")] private const nuint GetSize = 0x5413;
    [C("TIOCSWINSZ")] private const nuint SetSize = 0x5414;
    [C("ONLCR")] private const uint NewLineOutput = 4;
    [C("TCSANOW")] private const int Now = 0;

    public static bool IsTerminal(Fd fd) => TryGetSize(fd) is not null;

    /// <summary>The terminal's size, or null when the descriptor is no terminal.</summary>
    public static WindowSize? TryGetSize(Fd fd)
    {
        ushort* size = stackalloc ushort[4];
        return ioctl(fd.Number, GetSize, size) == 0 ? new WindowSize(size[0], size[1]) : null;
    }

    /// <summary>Sets the size; the programs in the terminal get SIGWINCH.</summary>
    public static void Resize(Fd terminal, WindowSize size)
    {
        ushort* value = stackalloc ushort[4] { size.Rows, size.Columns, 0, 0 };
        if (ioctl(terminal.Number, SetSize, value) < 0)
            throw SyscallException.Last($"ioctl({terminal}, TIOCSWINSZ, {size.Rows}x{size.Columns})");
    }

    /// <summary>A line feed is passed on as it is, without a carriage return before it: ONLCR of termios(3) off.</summary>
    public static void KeepLineFeeds(Fd terminal)
    {
        TerminalSettings settings;
        if (tcgetattr(terminal.Number, &settings) < 0) throw SyscallException.Last($"tcgetattr({terminal})");
        settings.Words[TerminalSettings.OutputModes] &= ~NewLineOutput;
        if (tcsetattr(terminal.Number, Now, &settings) < 0) throw SyscallException.Last($"tcsetattr({terminal}, -ONLCR)");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(int fd, TerminalSettings* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(int fd, int when, TerminalSettings* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, ushort* size);
}
