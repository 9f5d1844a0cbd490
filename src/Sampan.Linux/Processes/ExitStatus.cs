namespace Sampan.Linux.Processes;

/// <summary>How a process ended: by exit(3) with <see cref="Code"/>, or killed by <see cref="Signal"/>.</summary>
/// <param name="Code">0 to 255; 0 when it was killed.</param>
/// <param name="Signal">The killing signal's number; 0 when it exited.</param>
public readonly record struct ExitStatus(int Code, int Signal)
{
    public bool Success => Code == 0 && Signal == 0;

    /// <summary>What a shell shows as <c>$?</c>: the code, or 128 plus the signal.</summary>
    public int ShellCode => Signal == 0 ? Code : 128 + Signal;

    /// <summary>Decodes the status word of wait(2).</summary>
    public static ExitStatus FromWaitStatus(int status)
    {
        int signal = status & 0x7f;
        return signal == 0 ? new ExitStatus((status >> 8) & 0xff, 0) : new ExitStatus(0, signal);
    }

    public override string ToString() => Signal == 0 ? $"exit code {Code}" : $"signal {Signal}";
}
