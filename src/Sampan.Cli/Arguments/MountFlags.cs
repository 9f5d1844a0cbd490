using Sampan.CommandLine;
using Sampan.Engine.Containers;

namespace Sampan.Cli.Arguments;

/// <summary>Reads <c>--volume</c>, <c>--mount</c> and <c>--tmpfs</c>.</summary>
internal static class MountFlags
{
    public static List<MountOption> Collect(ParsedArguments parsed)
    {
        var mounts = new List<MountOption>();
        foreach (string text in parsed.List("volume")) mounts.Add(Volume(text));
        foreach (string text in parsed.List("mount")) mounts.Add(Mount(text));
        foreach (string text in parsed.List("tmpfs")) mounts.Add(Tmpfs(text));
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (MountOption mount in mounts)
            if (!targets.Add(mount.Target))
                throw new UsageException($"two mounts on {mount.Target}");
        return mounts;
    }

    /// <summary><c>[host-path|name:]/target[:option,…]</c>.</summary>
    public static MountOption Volume(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 3) throw new UsageException($"flag --volume: too many colons: {text}");
        if (parts.Length == 1) return new MountOption("volume", null, Target("--volume", text, parts[0]), []);
        string[] options = parts.Length == 3 ? parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries) : [];
        return Sourced("--volume", text, null, parts[0], parts[1], options);
    }

    /// <summary><c>type=bind,source=/x,target=/y,readonly</c>; other keys are handed on as mount options.</summary>
    public static MountOption Mount(string text)
    {
        string type = "volume";
        string? source = null;
        string? target = null;
        var options = new List<string>();
        foreach (string field in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? field : field[..equals];
            string value = equals < 0 ? "" : field[(equals + 1)..];
            switch (key)
            {
                case "type": type = value; break;
                case "source" or "src": source = value; break;
                case "target" or "dst" or "destination": target = value; break;
                case "readonly" or "ro": options.Add(value is "" or "true" or "1" ? "ro" : "rw"); break;
                case "volume-nocopy": if (value is "" or "true" or "1") options.Add("nocopy"); break;
                case "bind-propagation": options.Add(value); break;
                case "tmpfs-size": options.Add("size=" + ByteSize.Parse("--mount", value)); break;
                case "tmpfs-mode": options.Add("mode=" + value); break;
                default: throw new UsageException($"flag --mount: unknown key {key} in {text}");
            }
        }

        if (target is null) throw new UsageException($"flag --mount: no target in {text}");
        return type switch
        {
            "tmpfs" when source is not null => throw new UsageException($"flag --mount: tmpfs takes no source: {text}"),
            "tmpfs" => new MountOption("tmpfs", null, Target("--mount", text, target), options),
            "volume" when source is null => new MountOption("volume", null, Target("--mount", text, target), options),
            "bind" when source is null => throw new UsageException($"flag --mount: bind needs a source: {text}"),
            "bind" or "volume" => Sourced("--mount", text, type, source!, target, options),
            _ => throw new UsageException($"flag --mount: unknown type {type}; one of bind, volume, tmpfs"),
        };
    }

    /// <summary><c>/target[:option,…]</c>.</summary>
    public static MountOption Tmpfs(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string target = colon < 0 ? text : text[..colon];
        string[] options = colon < 0 ? [] : text[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new MountOption("tmpfs", null, Target("--tmpfs", text, target), options);
    }

    private static MountOption Sourced(string flag, string text, string? type, string source, string target,
        IReadOnlyList<string> options)
    {
        // as docker does: a path is a bind mount, also relative to here when it says so with a dot; a bare word is a volume
        bool isPath = type == "bind" || (type is null && (source.StartsWith('/') || source.StartsWith('.')));
        if (source.Length == 0) throw new UsageException($"flag {flag}: empty source in {text}");
        if (!isPath && !ContainerName.IsValid(source))
            throw new UsageException($"flag {flag}: not a volume name: {source}; for a host path write /{source} or ./{source}");
        return new MountOption(isPath ? "bind" : "volume", isPath ? Path.GetFullPath(source) : source,
            Target(flag, text, target), options)
        { MakeSource = isPath && flag == "--volume" };
    }

    private static string Target(string flag, string text, string target)
    {
        if (!target.StartsWith('/')) throw new UsageException($"flag {flag}: the path in the container is not absolute: {text}");
        string normal = Path.GetFullPath(target);
        return normal == "/" ? throw new UsageException($"flag {flag}: can not mount over / in the container: {text}") : normal.TrimEnd('/');
    }
}
