namespace Sampan.Runtime.Checkpoint;

/// <summary>CRIU says why it failed in its log only, in a line such as <c>(00.05) Error (criu/files-reg.c:1790): Can't lookup mount=27</c>.</summary>
internal static class CriuLog
{
    private const string Mark = "Error (";
    private const string MarkEnd = "): ";

    // what it finds out about the machine, and goes on without
    private static readonly string[] Harmless = ["rlimit: Can't setup RLIMIT_NOFILE", "tun: Unable to create tun"];

    /// <summary>The first error is the cause, and those after it its consequences; null without one.</summary>
    public static string? Reason(string log)
    {
        foreach (string line in log.Split('\n'))
        {
            int mark = line.IndexOf(Mark, StringComparison.Ordinal);
            int end = mark < 0 ? -1 : line.IndexOf(MarkEnd, mark, StringComparison.Ordinal);
            if (end < 0) continue;
            string text = line[(end + MarkEnd.Length)..].Trim();
            if (!Harmless.Any(known => text.StartsWith(known, StringComparison.Ordinal))) return string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
        }
        return null;
    }
}
