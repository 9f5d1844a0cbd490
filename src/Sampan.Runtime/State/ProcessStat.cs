using Sampan.Linux.Files;

namespace Sampan.Runtime.State;

/// <summary>Three fields of <c>/proc/PID/stat</c>, proc_pid_stat(5).</summary>
/// <param name="State">For example <c>R</c>; <c>Z</c> has ended and waits to be reaped.</param>
/// <param name="ParentPid">As this process sees it.</param>
/// <param name="StartTicks">Clock ticks after boot.</param>
public readonly record struct ProcessStat(char State, int ParentPid, ulong StartTicks)
{
    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Of(int pid)
    {
        string text;
        try
        {
            text = SmallFile.ReadText($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return null; // ENOENT; or ESRCH when it ended during the read
        }
        // the name may hold anything, also spaces and brackets: fields are counted from the last bracket
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessStat(fields[0][0], int.Parse(fields[1]), ulong.Parse(fields[19]));
    }
}
