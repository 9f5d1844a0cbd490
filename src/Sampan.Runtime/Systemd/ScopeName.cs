using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Systemd;

/// <summary>The transient unit that holds a container, systemd.scope(5), and the slice in which it is.</summary>
public sealed record ScopeName(string Slice, string Unit)
{
    /// <param name="cgroupsPath"><c>slice:prefix:name</c>, as callers of the systemd driver send it, or null for a name made of the id.</param>
    /// <param name="defaultSlice">For a path that names none.</param>
    public static ScopeName Parse(string? cgroupsPath, string id, string defaultSlice)
    {
        string[] parts = string.IsNullOrEmpty(cgroupsPath) ? ["", "sampan", id] : cgroupsPath.Split(':');
        if (parts.Length != 3 || parts[2].Length == 0 || parts.Any(static part => part.AsSpan().ContainsAny('/', '\0', '\n')))
            throw new SpecException($"linux.cgroupsPath: is {cgroupsPath}, not slice:prefix:name as the systemd cgroup driver needs it");
        string slice = parts[0].Length == 0 ? defaultSlice : parts[0];
        if (!slice.EndsWith(".slice", StringComparison.Ordinal)) throw new SpecException($"linux.cgroupsPath: {slice} is not the name of a slice, which ends in .slice");
        return new ScopeName(slice, $"{(parts[1].Length == 0 ? "" : parts[1] + "-")}{parts[2]}.scope");
    }
}
