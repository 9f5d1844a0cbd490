using System.Globalization;
using System.Text.Json;
using Sampan.Engine.Exec;
using Sampan.Engine.Security;
using Sampan.Engine.State;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Seccomp;
using Sampan.Linux.Terminals;
using Sampan.Runtime.Spec;

namespace Sampan.Engine.Containers;

/// <summary>Turns a container's record into what the runtime starts.</summary>
public static class SpecComposer
{
    private const int CpuPeriodUs = 100_000;
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <param name="root">The mounted root file system, where users are looked up.</param>
    /// <param name="size">The terminal's, or null.</param>
    public static ContainerSpec Compose(ContainerRecord record, ContainerPaths paths, Fd root, WindowSize? size)
    {
        ContainerOptions options = record.Options;
        CapabilitySet capabilities = CapabilityFlags.Resolve(options.CapAdd, options.CapDrop, options.Privileged);
        IReadOnlyList<DeviceSpec> devices = DeviceFlags.Resolve(options);
        UserSpec user = ContainerUser.Resolve(root, record.User);
        // as execve(2) would leave them: a process of another user has none, but may get those of a file it executes
        CapabilitySet effective = user.Uid == 0 ? capabilities : CapabilitySet.Empty;
        return new ContainerSpec
        {
            RootReadOnly = options.ReadOnly,
            Hostname = options.Network == "host" && options.Hostname is null ? null : NameFiles.Hostname(record),
            Process = new ProcessSpec
            {
                Arguments = record.Arguments,
                Environment = Environment(record),
                WorkingDirectory = record.WorkingDirectory,
                User = user,
                Terminal = options.Terminal,
                ConsoleSize = size is { } known ? (known.Rows, known.Columns) : default,
                Capabilities = new CapabilitySets(capabilities, effective, effective, CapabilitySet.Empty, CapabilitySet.Empty),
                ResourceLimits = Limits(options.Ulimits),
                NoNewPrivileges = options.NoNewPrivileges,
                Seccomp = Seccomp(options, capabilities),
                DiesWithParent = true,
            },
            Mounts = Mounts(options, paths),
            Namespaces = Namespaces(options),
            Devices = devices,
            MaskedPaths = options.Privileged ? [] : DefaultSpec.MaskedPaths,
            ReadOnlyPaths = options.Privileged ? [] : DefaultSpec.ReadOnlyPaths,
            Sysctls = Sysctls(options.Sysctls),
            CgroupPath = CgroupPath(record),
            Resources = new CgroupResources
            {
                MemoryLimitBytes = options.MemoryBytes,
                PidsLimit = options.PidsLimit,
                Devices = DeviceFlags.Rules(options, devices),
                CpuQuotaUs = options.Cpus is { } cpus ? (long)(cpus * CpuPeriodUs) : null,
                CpuPeriodUs = options.Cpus is null ? null : CpuPeriodUs,
            },
        };
    }

    /// <summary>A further process in a running container: as its first one, but for what the options change.</summary>
    public static ContainerSpec ComposeExec(ContainerRecord record, ContainerPaths paths, Fd root, ExecOptions exec, WindowSize? size)
    {
        ContainerRecord changed = record with
        {
            Arguments = exec.Command,
            Environment = [.. record.Environment, .. exec.Environment],
            User = exec.User ?? record.User,
            WorkingDirectory = exec.WorkingDirectory ?? record.WorkingDirectory,
            Options = record.Options with { Terminal = exec.Terminal, Privileged = record.Options.Privileged || exec.Privileged },
        };
        return Compose(changed, paths, root, size);
    }

    // an ordinary user may have no cgroup to make one in: then the container stays in the caller's, without limits
    private static string? CgroupPath(ContainerRecord record)
    {
        if (!OwnUserNamespace.IsInside || CgroupLayout.Current.IsWritable) return $"/sampan/{record.Id}";
        ContainerOptions options = record.Options;
        string? limit = options.MemoryBytes is not null ? "--memory" : options.Cpus is not null ? "--cpus" : options.PidsLimit is not null ? "--pids-limit" : null;
        return limit is null ? null : throw new EngineException($"{limit}: an ordinary user can not limit here, as no cgroup may be written; hint: run as root");
    }

    private static SeccompProfile? Seccomp(ContainerOptions options, CapabilitySet capabilities)
    {
        if (options.SeccompProfile == "unconfined" || (options.Privileged && options.SeccompProfile is null)) return null;
        if (options.SeccompProfile is not { } path) return DefaultSeccomp.For(capabilities);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return SeccompJson.Read(document.RootElement, path, capabilities);
        }
        catch (JsonException error)
        {
            throw new EngineException($"seccomp profile {path}: not valid JSON: line {error.LineNumber + 1}", error);
        }
    }

    // later ones win; PATH, HOSTNAME and TERM are there unless given
    private static List<string> Environment(ContainerRecord record)
    {
        List<string> result = [];
        Put(result, DefaultPath);
        Put(result, $"HOSTNAME={NameFiles.Hostname(record)}");
        if (record.Options.Terminal) Put(result, "TERM=xterm");
        foreach (string variable in record.Environment) Put(result, variable);
        if (!result.Exists(v => v.StartsWith("HOME=", StringComparison.Ordinal))) Put(result, "HOME=/root");
        return result;

        static void Put(List<string> variables, string variable)
        {
            ReadOnlySpan<char> name = variable.AsSpan(0, variable.IndexOf('=') + 1);
            for (int i = 0; i < variables.Count; i++)
            {
                if (name.IsEmpty || !variables[i].AsSpan().StartsWith(name, StringComparison.Ordinal)) continue;
                variables[i] = variable;
                return;
            }

            variables.Add(variable);
        }
    }

    private static List<MountSpec> Mounts(ContainerOptions options, ContainerPaths paths)
    {
        string access = options.Privileged ? "rw" : "ro";
        bool inside = OwnUserNamespace.IsInside;
        string[] terminals = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
        List<MountSpec> mounts =
        [
            new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            new("/dev/pts", "devpts", "devpts", !inside || OwnUserNamespace.HasGroup(5) ? [.. terminals, "gid=5"] : terminals),
            new("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            // only who owns the network namespace may mount its sysfs
            inside && options.Network == "host"
                ? new("/sys", "bind", "/sys", ["rbind", "rprivate", "nosuid", "noexec", "nodev", "rro"])
                : new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", access]),
        ];
        // without a cgroup of its own there is nothing of the container to show
        if (!inside || CgroupLayout.Current.IsWritable)
            mounts.Add(new("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", access]));
        mounts.Add(new("/etc/resolv.conf", "bind", paths.ResolvConf, ["bind", "rprivate"]));
        mounts.Add(new("/etc/hostname", "bind", paths.Hostname, ["bind", "rprivate"]));
        mounts.Add(new("/etc/hosts", "bind", paths.Hosts, ["bind", "rprivate"]));
        foreach (MountOption mount in options.Mounts)
        {
            mounts.Add(mount.Type == "tmpfs"
                ? new(mount.Target, "tmpfs", "tmpfs", ["nosuid", "nodev", .. mount.Options])
                : new(mount.Target, "bind", mount.Source ?? throw new EngineException($"mount {mount.Target}: no source"), ["rbind", "rprivate", .. mount.Options]));
        }

        return mounts;
    }

    private static List<NamespaceSpec> Namespaces(ContainerOptions options)
    {
        List<NamespaceSpec> namespaces =
            [new(NamespaceKind.Mount), new(NamespaceKind.Uts), new(NamespaceKind.Ipc), new(NamespaceKind.Pid), new(NamespaceKind.Cgroup)];
        if (options.Network != "host") namespaces.Add(new(NamespaceKind.Network));
        return namespaces;
    }

    private static List<ResourceLimit> Limits(IReadOnlyList<string> ulimits)
    {
        List<ResourceLimit> limits = [];
        foreach (string text in ulimits)
        {
            string[] parts = text.Split('=', ':');
            if (parts.Length is not (2 or 3) || Limit(parts[1]) is not { } soft || Limit(parts[^1]) is not { } hard
                || ResourceLimit.Named($"RLIMIT_{parts[0].ToUpperInvariant()}", soft, hard) is not { } limit)
                throw new EngineException($"ulimit {text}: expected name=soft[:hard]");
            limits.Add(limit);
        }

        return limits;

        static ulong? Limit(string text) => text == "-1" ? ulong.MaxValue
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }

    private static Dictionary<string, string> Sysctls(IReadOnlyList<string> settings)
    {
        Dictionary<string, string> result = [];
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=');
            if (equals <= 0) throw new EngineException($"sysctl {setting}: expected name=value");
            result[setting[..equals]] = setting[(equals + 1)..];
        }

        return result;
    }
}
