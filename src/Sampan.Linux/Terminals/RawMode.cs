using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Terminals;

/// <summary>A terminal that hands every key on as it is, termios(3) "raw mode"; disposing restores what it was.</summary>
public sealed unsafe partial class RawMode : IDisposable
{
    // typed-ahead input is kept
    [C("TCSADRAIN")] private const int AfterOutputIsDrained = 1;

    private readonly Fd _terminal;
    private TerminalSettings _saved;
    private bool _restored;

    private RawMode(Fd terminal, TerminalSettings saved)
    {
        _terminal = terminal;
        _saved = saved;
    }

    /// <summary>Switches the terminal; null when the descriptor is none.</summary>
    /// <param name="keepOutput">Output stays processed (line feeds become new lines): for a program inside that does not do it.</param>
    public static RawMode? TryEnter(Fd terminal, bool keepOutput = false)
    {
        TerminalSettings settings = default;
        if (tcgetattr(terminal.Number, &settings) < 0) return null;
        RawMode mode = new(terminal, settings);
        uint output = settings.Words[TerminalSettings.OutputModes];
        cfmakeraw(&settings);
        if (keepOutput) settings.Words[TerminalSettings.OutputModes] = output;
        return tcsetattr(terminal.Number, AfterOutputIsDrained, &settings) == 0
            ? mode
            : throw SyscallException.Last($"tcsetattr({terminal}, raw)");
    }

    public void Dispose()
    {
        if (_restored) return;
        _restored = true;
        // nothing can be done about a terminal that went away meanwhile
        fixed (TerminalSettings* saved = &_saved) _ = tcsetattr(_terminal.Number, AfterOutputIsDrained, saved);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(int fd, TerminalSettings* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(int fd, int when, TerminalSettings* settings);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(TerminalSettings* settings);
}
