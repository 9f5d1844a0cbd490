using System.Globalization;
using System.Net;
using Sampan.CommandLine;
using Sampan.Engine.Containers;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Events;

namespace Sampan.Cli.Arguments;

/// <summary>Turns the flags of <c>sampan run</c> into <see cref="ContainerOptions"/>, refusing what can be seen to be wrong.</summary>
internal static class RunArguments
{
    /// <param name="parsed">Parsed with <see cref="RunFlags.All"/>.</param>
    /// <param name="import">Looks a name up in the caller's environment.</param>
    /// <exception cref="UsageException">A value is malformed.</exception>
    public static ContainerOptions Read(ParsedArguments parsed, Func<string, string?> import)
    {
        var command = new string[parsed.Positionals.Count - 1];
        for (int i = 0; i < command.Length; i++) command[i] = parsed.Positionals[i + 1];
        (long? logFileBytes, long? logFiles) = LogOptions.Read(parsed.List("log-opt"));
        (string? seccomp, bool noNewPrivileges) = Security(parsed.List("security-opt"));
        return new ContainerOptions
        {
            Image = parsed.Positionals[0].Length > 0 ? parsed.Positionals[0] : throw new UsageException("run: empty image name"),
            RootFileSystem = parsed.Switch("rootfs"),
            Command = command,
            Entrypoint = parsed.Text("entrypoint"),
            Name = Checked(parsed, "name", ContainerName.IsValid, "letters, digits and _ . -, two or more, a letter or digit first"),
            Interactive = parsed.Switch("interactive"),
            Terminal = parsed.Switch("tty"),
            Detach = parsed.Switch("detach"),
            Remove = parsed.Switch("rm"),
            Init = parsed.Switch("init"),
            Environment = EnvironmentFlags.Collect(parsed.List("env-file"), parsed.List("env"), import),
            WorkingDirectory = Checked(parsed, "workdir", dir => dir.StartsWith('/'), "an absolute path"),
            User = Checked(parsed, "user", user => user.Length > 0, "a name or number, not empty"),
            Hostname = Checked(parsed, "hostname", IsHostname, "1 to 64 letters, digits, - and ."),
            Network = Checked(parsed, "network", mode => mode is "bridge" or "none" or "host", "one of bridge, none, host")!,
            NetworkSubnet = Checked(parsed, "network-subnet", IsSubnet, "a subnet such as 100.100.1.0/24"),
            Dns = CheckedAll(parsed, "dns", text => IPAddress.TryParse(text, out _), "an address"),
            AddHosts = CheckedAll(parsed, "add-host", IsHostLine, "NAME:ADDRESS"),
            Publish = CheckedAll(parsed, "publish", PortMapping.IsValid, "[[address:]port:]port[/tcp|udp], for example 8080:80"),
            LogFileBytes = logFileBytes,
            LogFiles = logFiles,
            Mounts = MountFlags.Collect(parsed),
            ReadOnly = parsed.Switch("read-only"),
            MemoryBytes = parsed.Text("memory") is string memory ? ByteSize.Parse("--memory", memory) : null,
            Cpus = Cpus(parsed.Text("cpus")),
            PidsLimit = Pids(parsed.Integer("pids-limit")),
            CapAdd = CheckedAll(parsed, "cap-add", text => CapabilitySet.TryParse(text, out _), "a capability such as NET_ADMIN, or ALL"),
            CapDrop = CheckedAll(parsed, "cap-drop", text => CapabilitySet.TryParse(text, out _), "a capability such as NET_RAW, or ALL"),
            Privileged = parsed.Switch("privileged"),
            SeccompProfile = seccomp,
            NoNewPrivileges = noNewPrivileges,
            UserNamespace = Checked(parsed, "userns", mode => mode is "host" or "auto", "one of host, auto"),
            Ulimits = CheckedAll(parsed, "ulimit", IsUlimit, "NAME=SOFT[:HARD], for example nofile=1024:2048"),
            Devices = CheckedAll(parsed, "device", IsDevice, "/dev/HOST[:/dev/INSIDE[:rwm]]"),
            Sysctls = CheckedAll(parsed, "sysctl", text => text.IndexOf('=', StringComparison.Ordinal) > 0, "KEY=VALUE"),
            StopSignal = Checked(parsed, "stop-signal", text => SignalNumber.TryParse(text, out _), "a signal's name or number"),
            CidFile = Checked(parsed, "cidfile", text => text.Length > 0, "a path"),
            Storage = Checked(parsed, "storage", kind => ImageStorage.Names.Contains(kind), "one of auto, erofs, directory"),
            Platform = Checked(parsed, "platform", text => text.Split('/').Length is 2 or 3, "os/architecture, for example linux/amd64"),
        };
    }

    private static string? Checked(ParsedArguments parsed, string flag, Func<string, bool> isValid, string expected)
    {
        string? text = parsed.Text(flag);
        return text is null || isValid(text) ? text : throw Wrong(flag, text, expected);
    }

    private static IReadOnlyList<string> CheckedAll(ParsedArguments parsed, string flag, Func<string, bool> isValid, string expected)
    {
        IReadOnlyList<string> values = parsed.List(flag);
        foreach (string text in values)
            if (!isValid(text))
                throw Wrong(flag, text, expected);
        return values;
    }

    private static UsageException Wrong(string flag, string text, string expected) =>
        new($"flag --{flag}: invalid value '{text}'; wanted: {expected}");

    private static double? Cpus(string? text)
    {
        if (text is null) return null;
        bool isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double cpus);
        // below one hundredth of a CPU the kernel's quota would be under its minimum of 1 ms per 100 ms
        return isNumber && cpus >= 0.01 && double.IsFinite(cpus) ? cpus : throw Wrong("cpus", text, "a number of at least 0.01");
    }

    // docker reads 0 and -1 alike as "no limit"
    private static long? Pids(long? limit) => limit switch
    {
        null or 0 or -1 => null,
        < -1 => throw Wrong("pids-limit", $"{limit}", "a positive number, or -1 for no limit"),
        _ => limit,
    };

    private static (string? Seccomp, bool NoNewPrivileges) Security(IReadOnlyList<string> options)
    {
        string? seccomp = null;
        bool noNewPrivileges = false;
        foreach (string option in options)
        {
            switch (option)
            {
                case "no-new-privileges" or "no-new-privileges:true" or "no-new-privileges=true": noNewPrivileges = true; break;
                case "no-new-privileges:false" or "no-new-privileges=false": noNewPrivileges = false; break;
                case { Length: > 8 } when option.StartsWith("seccomp=", StringComparison.Ordinal): seccomp = option[8..]; break;
                default: throw Wrong("security-opt", option, "seccomp=FILE, seccomp=unconfined or no-new-privileges");
            }
        }

        // relative to the caller's folder, which the monitor does not keep
        return (seccomp is null or "unconfined" ? seccomp : Path.GetFullPath(seccomp), noNewPrivileges);
    }

    // HOST_NAME_MAX is 64; see sethostname(2)
    private static bool IsHostname(string name)
    {
        if (name.Length is 0 or > 64 || name[0] is '-' or '.') return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
                return false;
        return true;
    }

    private static bool IsSubnet(string text) => IPNetwork.TryParse(text, out _);

    private static bool IsHostLine(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && IsHostname(text[..colon])
            && (text[(colon + 1)..] == "host-gateway" || IPAddress.TryParse(text[(colon + 1)..], out _));
    }

    private static bool IsUlimit(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] limits = equals > 0 ? text[(equals + 1)..].Split(':') : [];
        return limits.Length is 1 or 2 && Array.TrueForAll(limits, limit => limit is "-1" or "unlimited" || ulong.TryParse(limit, out _));
    }

    private static bool IsDevice(string text)
    {
        string[] parts = text.Split(':');
        bool accessIsValid = parts.Length < 3 || (parts[2].Length > 0 && parts[2].AsSpan().IndexOfAnyExcept("rwm") < 0);
        return parts.Length <= 3 && parts[0].StartsWith('/') && (parts.Length < 2 || parts[1].StartsWith('/')) && accessIsValid;
    }
}
