using System.Text.Json;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Seccomp;

namespace Sampan.Runtime.Spec;

/// <summary>Reads an OCI <c>config.json</c>.</summary>
public static class SpecReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <exception cref="SpecException">Not JSON, or a field is wrong; the message names its path.</exception>
    public static ContainerSpec Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Options);
            return Container(new SpecNode(document.RootElement, ""));
        }
        catch (JsonException error)
        {
            throw new SpecException($"not valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
        }
    }

    /// <summary>A process alone, as <c>exec --process</c> takes it.</summary>
    public static ProcessSpec ReadProcess(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Options);
            return Process(new SpecNode(document.RootElement, ""), default);
        }
        catch (JsonException error)
        {
            throw new SpecException($"not valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
        }
    }

    /// <summary><c>linux.resources</c> alone, as <c>update --resources</c> takes it.</summary>
    public static CgroupResources ReadResources(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Options);
            return ResourcesReader.Read(new SpecNode(document.RootElement, ""));
        }
        catch (JsonException error)
        {
            throw new SpecException($"not valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
        }
    }

    private static ContainerSpec Container(SpecNode root)
    {
        SpecNode linux = root["linux"];
        string version = root["ociVersion"].RequiredText();
        if (!version.StartsWith("1.", StringComparison.Ordinal)) throw root["ociVersion"].Error($"is {version}, not 1.x");
        return new ContainerSpec
        {
            Version = version,
            RootPath = root["root"]["path"].RequiredText(),
            RootReadOnly = root["root"]["readonly"].Flag(),
            Process = root["process"].Exists ? Process(root["process"], linux["seccomp"]) : null,
            Hostname = root["hostname"].Text(),
            DomainName = root["domainname"].Text(),
            Mounts = root["mounts"].List(Mount),
            Namespaces = linux["namespaces"].List(Namespace),
            UidMappings = linux["uidMappings"].List(Mapping),
            GidMappings = linux["gidMappings"].List(Mapping),
            Devices = linux["devices"].List(Device),
            MaskedPaths = linux["maskedPaths"].Texts(),
            ReadOnlyPaths = linux["readonlyPaths"].Texts(),
            Sysctls = linux["sysctl"].Map(),
            CgroupPath = linux["cgroupsPath"].Text(),
            Resources = linux["resources"].Exists ? ResourcesReader.Read(linux["resources"]) : null,
            RootPropagation = linux["rootfsPropagation"].Text(),
            Annotations = root["annotations"].Map(),
        };
    }

    private static ProcessSpec Process(SpecNode process, SpecNode seccomp)
    {
        IReadOnlyList<string> arguments = process["args"].Texts();
        if (arguments.Count == 0) throw process["args"].Error("is missing");
        string cwd = process["cwd"].RequiredText();
        if (!cwd.StartsWith('/')) throw process["cwd"].Error($"is {cwd}, not an absolute path");
        SpecNode user = process["user"];
        return new ProcessSpec
        {
            Arguments = arguments,
            Environment = process["env"].Texts(),
            WorkingDirectory = cwd,
            Terminal = process["terminal"].Flag(),
            ConsoleSize = ((ushort)(process["consoleSize"]["height"].Integer(0, ushort.MaxValue) ?? 0),
                (ushort)(process["consoleSize"]["width"].Integer(0, ushort.MaxValue) ?? 0)),
            User = new UserSpec(user["uid"].Id(), user["gid"].Id())
            {
                AdditionalGids = user["additionalGids"].List(static gid => gid.Id()),
                Umask = (uint?)user["umask"].Integer(0, 0x1FF),
            },
            Capabilities = process["capabilities"].Exists ? Capabilities(process["capabilities"]) : null,
            ResourceLimits = process["rlimits"].List(Limit),
            NoNewPrivileges = process["noNewPrivileges"].Flag(),
            OomScoreAdjustment = (int?)process["oomScoreAdj"].Integer(-1000, 1000),
            Seccomp = seccomp.Exists ? Seccomp(seccomp) : null,
        };
    }

    private static SeccompProfile Seccomp(SpecNode node)
    {
        try
        {
            return SeccompJson.Read(node.Element, node.Path);
        }
        catch (FormatException error)
        {
            throw new SpecException(error.Message);
        }
    }

    private static CapabilitySets Capabilities(SpecNode sets) => new(
        Set(sets["bounding"]), Set(sets["effective"]), Set(sets["permitted"]), Set(sets["inheritable"]), Set(sets["ambient"]));

    // unknown names are passed over with no error, as the specification asks of runtimes
    private static CapabilitySet Set(SpecNode names)
    {
        CapabilitySet set = CapabilitySet.Empty;
        foreach (string name in names.Texts())
            if (CapabilitySet.TryParse(name, out CapabilitySet one)) set = set.With(one);
        return set;
    }

    private static ResourceLimit Limit(SpecNode limit) =>
        ResourceLimit.Named(limit["type"].RequiredText(), limit["soft"].Unsigned() ?? 0, limit["hard"].Unsigned() ?? 0)
        ?? throw limit["type"].Error($"is {limit["type"].Text()}, not a known resource limit");

    private static MountSpec Mount(SpecNode mount)
    {
        string destination = mount["destination"].RequiredText();
        if (!destination.StartsWith('/')) destination = "/" + destination; // relative ones are relative to the root, since 1.2
        return new MountSpec(destination, mount["type"].Text(), mount["source"].Text(), mount["options"].Texts());
    }

    private static NamespaceSpec Namespace(SpecNode item)
    {
        SpecNode type = item["type"];
        NamespaceKind kind = type.RequiredText() switch
        {
            "pid" => NamespaceKind.Pid,
            "network" => NamespaceKind.Network,
            "mount" => NamespaceKind.Mount,
            "ipc" => NamespaceKind.Ipc,
            "uts" => NamespaceKind.Uts,
            "user" => NamespaceKind.User,
            "cgroup" => NamespaceKind.Cgroup,
            "time" => NamespaceKind.Time,
            string other => throw type.Error($"is {other}, not a kind of namespace"),
        };
        string? path = item["path"].Text();
        return new NamespaceSpec(kind, string.IsNullOrEmpty(path) ? null : path);
    }

    private static IdMap Mapping(SpecNode map) => new(map["containerID"].Id(), map["hostID"].Id(), map["size"].Id());

    private static DeviceSpec Device(SpecNode device)
    {
        string type = device["type"].RequiredText();
        if (type is not ("c" or "b" or "u" or "p")) throw device["type"].Error($"is {type}, not c, b, u or p");
        string path = device["path"].RequiredText();
        if (!path.StartsWith('/') || path.Trim('/').Length == 0) throw device["path"].Error($"is {path}, not an absolute path of a file");
        return new DeviceSpec(
            path, type[0], device["major"].Id(), device["minor"].Id(),
            (uint)(device["fileMode"].Integer(0, 0xFFF) ?? 0x1B6), device["uid"].Id(), device["gid"].Id());
    }
}
