namespace Sampan.Linux.Terminals;

/// <summary><c>struct termios</c> of the C library: the input, output, control and local modes, and more.</summary>
internal unsafe struct TerminalSettings
{
    [C("sizeof(struct termios)")] private const int Bytes = 60;

    /// <summary>Where the output modes stand in <see cref="Words"/>.</summary>
    [C("offsetof(struct termios, c_oflag) / sizeof(tcflag_t)")] public const int OutputModes = 1;

    public fixed uint Words[Bytes / sizeof(uint)];
}
