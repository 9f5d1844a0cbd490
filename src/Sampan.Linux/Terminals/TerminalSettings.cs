namespace Sampan.Linux.Terminals;

/// <summary><c>struct termios</c> of the C library: 60 bytes, input, output, control and local modes first.</summary>
internal unsafe struct TerminalSettings
{
    public fixed uint Words[16];
}
