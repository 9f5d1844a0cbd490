namespace Sampan.Runtime.Spec;

/// <summary>Reads <c>linux.intelRdt</c>.</summary>
internal static class IntelRdtReader
{
    public static IntelRdtSpec? Read(SpecNode node)
    {
        if (!node.Exists) return null;
        foreach (string name in new[] { "enableCMT", "enableMBM" })
            if (node[name].Flag()) throw node[name].Error("has left the specification: use enableMonitoring");
        return new IntelRdtSpec(ClosId(node["closID"]), [.. Schema(node), .. node["schemata"].List(static line => Line(line, line.RequiredText()))],
            node["enableMonitoring"].Flag());
    }

    /// <summary>The two older members, whose lines come first; <c>update</c> has them as flags.</summary>
    public static IReadOnlyList<string> Lines(string? cache, string? bandwidth)
    {
        List<string> lines = [.. Split(cache)];
        if (Split(bandwidth).Length > 0) lines.RemoveAll(static line => line.StartsWith("MB:", StringComparison.Ordinal)); // there it is said better
        return [.. lines, .. Split(bandwidth)];
    }

    private static IEnumerable<string> Schema(SpecNode node)
    {
        foreach (string name in new[] { "l3CacheSchema", "memBwSchema" })
            foreach (string line in Split(node[name].Text())) Line(node[name], line);
        return Lines(node["l3CacheSchema"].Text(), node["memBwSchema"].Text());
    }

    private static string[] Split(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Line(SpecNode node, string line) => line.IndexOf(':') > 0 && !line.Contains('\n') ? line
        : throw node.Error($"is {line}, not a line such as L3:0=ff");

    // a directory's name, and none of those that resctrl has in its root
    private static string? ClosId(SpecNode node)
    {
        if (node.Text() is not { Length: > 0 } text) return null;
        if (text == "/") return text;
        return text.Contains('/') || text.Any(char.IsControl) || text is "." or ".." or "info" or "mon_groups" or "mon_data"
            ? throw node.Error($"is {text}, not the name of a class of service") : text;
    }
}
