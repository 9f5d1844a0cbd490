using System.Globalization;

namespace Sampan.Linux.Events;

/// <summary>Signals by number, signal(7), x86-64 and arm64.</summary>
public static class SignalNumber
{
    [C("SIGHUP")] public const int HangUp = 1;
    [C("SIGINT")] public const int Interrupt = 2;
    [C("SIGQUIT")] public const int Quit = 3;
    [C("SIGKILL")] public const int Kill = 9;
    [C("SIGUSR1")] public const int User1 = 10;
    [C("SIGUSR2")] public const int User2 = 12;
    [C("SIGPIPE")] public const int Pipe = 13;
    [C("SIGTERM")] public const int Terminate = 15;
    [C("SIGCHLD")] public const int Child = 17;
    [C("SIGCONT")] public const int Continue = 18;
    [C("SIGSTOP")] public const int Stop = 19;
    [C("SIGTSTP")] public const int TerminalStop = 20;
    [C("SIGWINCH")] public const int WindowChange = 28;

    // the C library keeps the first two for itself
    [C("__SIGRTMIN + 2")] public const int RealTimeMinimum = 34;
    [C("_NSIG - 1")] public const int Maximum = 64;

    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Reads <c>SIGTERM</c>, <c>term</c>, <c>15</c>, <c>RTMIN+3</c> or <c>RTMAX-1</c>; false when it is no signal.</summary>
    public static bool TryParse(string text, out int signal)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal)) return signal is > 0 and <= Maximum;
        ReadOnlySpan<char> name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(3) : text;
        for (int i = 0; i < Names.Length; i++)
        {
            if (!name.Equals(Names[i], StringComparison.OrdinalIgnoreCase)) continue;
            signal = i + 1;
            return true;
        }

        signal = Relative(name, "RTMIN", RealTimeMinimum) ?? Relative(name, "RTMAX", Maximum) ?? 0;
        return signal is >= RealTimeMinimum and <= Maximum;
    }

    /// <summary>For example <c>SIGTERM</c>.</summary>
    public static string Name(int signal) => signal >= 1 && signal <= Names.Length ? $"SIG{Names[signal - 1]}" : $"signal {signal}";

    private static int? Relative(ReadOnlySpan<char> name, string start, int origin)
    {
        if (!name.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return null;
        ReadOnlySpan<char> offset = name[start.Length..];
        if (offset.IsEmpty) return origin;
        return int.TryParse(offset, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? origin + number : null;
    }
}
