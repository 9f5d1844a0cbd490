using System.Text.Json;
using Sampan.Engine.Exec;
using Sampan.Engine.Security;
using Sampan.Engine.State;
using Sampan.Engine.Volumes;
using Sampan.Images;
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
    /// <param name="image">The root with the image's own owners, where <paramref name="root"/> shows others: what new volumes get.</param>
    public static ContainerSpec Compose(ContainerRecord record, EnginePaths engine, Fd root, WindowSize? size, Fd? image = null)
    {
        ContainerPaths paths = engine.Container(record.Id);
        ContainerOptions options = record.Options;
        CapabilitySet capabilities = Capabilities(options);
        IReadOnlyList<DeviceSpec> devices = DeviceFlags.Resolve(options);
        ResolvedUser user = FindUser(root, record.User);
        // as execve(2) would leave them: a process of another user has none, but may get those of a file it executes
        CapabilitySet effective = user.Uid == 0 ? capabilities : CapabilitySet.Empty;
        return new ContainerSpec
        {
            RootReadOnly = options.ReadOnly,
            Hostname = NameFiles.Hostname(record),
            Process = new ProcessSpec
            {
                Arguments = record.Arguments,
                Environment = Environment(record, user.Home),
                WorkingDirectory = record.WorkingDirectory,
                User = new UserSpec(user.Uid, user.Gid) { AdditionalGids = user.AdditionalGids },
                Terminal = options.Terminal,
                ConsoleSize = size is { } known ? (known.Rows, known.Columns) : default,
                Capabilities = new CapabilitySets(capabilities, effective, effective, CapabilitySet.Empty, CapabilitySet.Empty),
                ResourceLimits = UlimitFlags.Read(options.Ulimits),
                NoNewPrivileges = options.NoNewPrivileges,
                Seccomp = Seccomp(options, capabilities),
                Init = options.Init,
                DiesWithParent = true,
            },
            Mounts = MountComposer.Compose(options, engine, paths, new VolumeContent(image ?? root)),
            Namespaces = Namespaces(options),
            UidMappings = record.Ids?.Users ?? [],
            GidMappings = record.Ids?.Groups ?? [],
            Devices = devices,
            MaskedPaths = options.Privileged ? [] : DefaultSpec.MaskedPaths,
            ReadOnlyPaths = options.Privileged ? [] : DefaultSpec.ReadOnlyPaths,
            Sysctls = NamespacedSysctl.Read(options),
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
    public static ContainerSpec ComposeExec(ContainerRecord record, EnginePaths engine, Fd root, ExecOptions exec, WindowSize? size)
    {
        ContainerRecord changed = record with
        {
            Arguments = exec.Command,
            Environment = [.. record.Environment, .. exec.Environment],
            User = exec.User ?? record.User,
            WorkingDirectory = exec.WorkingDirectory ?? record.WorkingDirectory,
            // it mounts nothing: sources need not be there any more
            Options = record.Options with { Mounts = [], Terminal = exec.Terminal, Privileged = record.Options.Privileged || exec.Privileged },
        };
        return Compose(changed, engine, root, size);
    }

    /// <summary>What was asked for, as far as the engine has it: a restricted host can not give more than it has.</summary>
    private static CapabilitySet Capabilities(ContainerOptions options)
    {
        CapabilitySet wanted = CapabilityFlags.Resolve(options.CapAdd, options.CapDrop, options.Privileged);
        if (!System.Environment.IsPrivilegedProcess) return wanted; // in a user namespace of its own it has all
        CapabilitySet own = ProcessCapabilities.Current().Permitted;
        foreach (string name in options.CapAdd)
        {
            // one that was named is not left out in silence
            if (CapabilitySet.TryParse(name, out CapabilitySet one) && one.Count == 1 && !one.Without(own).IsEmpty)
                throw new EngineException($"--cap-add {name}: sampan itself does not have this capability");
        }

        return wanted.Intersect(own);
    }

    private static ResolvedUser FindUser(Fd root, string user)
    {
        try
        {
            return UserLookup.Resolve(root, user);
        }
        catch (ImageException error)
        {
            throw new EngineException(error.Message, error);
        }
    }

    // an ordinary user may have no cgroup to make one in: then the container stays in the caller's, without limits
    private static string? CgroupPath(ContainerRecord record)
    {
        if (!OwnUserNamespace.IsInside || CgroupLayout.Current.IsWritable) return CgroupPlace.Of(record.Id);
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

    // later ones win; PATH, HOSTNAME, TERM and HOME are there unless given
    private static List<string> Environment(ContainerRecord record, string home)
    {
        List<string> result = [];
        Put(result, DefaultPath);
        Put(result, $"HOSTNAME={NameFiles.Hostname(record)}");
        Put(result, $"HOME={home}");
        if (record.Options.Terminal) Put(result, "TERM=xterm");
        foreach (string variable in record.Environment) Put(result, variable);
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

    private static List<NamespaceSpec> Namespaces(ContainerOptions options)
    {
        List<NamespaceSpec> namespaces =
            [new(NamespaceKind.Mount), new(NamespaceKind.Uts), new(NamespaceKind.Ipc), new(NamespaceKind.Pid), new(NamespaceKind.Cgroup)];
        if (options.UserNamespace == "auto") namespaces.Add(new(NamespaceKind.User));
        if (options.Network != "host") namespaces.Add(new(NamespaceKind.Network));
        return namespaces;
    }
}
