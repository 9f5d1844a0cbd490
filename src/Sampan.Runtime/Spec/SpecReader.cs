using System.Text.Json;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Spec;

/// <summary>Reads an OCI <c>config.json</c>.</summary>
public static class SpecReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <exception cref="SpecException">Not JSON, or a field is wrong; the message names its path.</exception>
    public static ContainerSpec Read(ReadOnlyMemory<byte> json) => Read(json, Container);

    /// <summary>A process alone, as <c>exec --process</c> takes it.</summary>
    public static ProcessSpec ReadProcess(ReadOnlyMemory<byte> json) => Read(json, static process => ProcessReader.Read(process, default));

    private static T Read<T>(ReadOnlyMemory<byte> json, Func<SpecNode, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Options);
            return read(new SpecNode(document.RootElement, ""));
        }
        catch (JsonException error)
        {
            throw new SpecException($"not valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
        }
    }

    /// <summary><c>linux.resources</c> alone, as <c>update --resources</c> takes it.</summary>
    public static CgroupResources ReadResources(ReadOnlyMemory<byte> json) => Read(json, ResourcesReader.Read);

    private static ContainerSpec Container(SpecNode root)
    {
        if (!root.Exists) throw root.Error("is not an object");
        SpecNode linux = root["linux"];
        IReadOnlyList<NamespaceSpec> namespaces = Namespaces(linux["namespaces"]);
        ContainerSpec spec = new()
        {
            Version = Version(root["ociVersion"]),
            RootPath = root["root"]["path"].RequiredText(),
            RootReadOnly = root["root"]["readonly"].Flag(),
            Process = root["process"].Exists ? ProcessReader.Read(root["process"], linux["seccomp"]) : null,
            Hostname = root["hostname"].Text(),
            DomainName = root["domainname"].Text(),
            Mounts = root["mounts"].List(MountReader.Mount),
            Namespaces = namespaces,
            UidMappings = linux["uidMappings"].List(MountReader.Mapping),
            GidMappings = linux["gidMappings"].List(MountReader.Mapping),
            Devices = linux["devices"].List(MountReader.Device),
            MaskedPaths = linux["maskedPaths"].List(static path => path.AbsolutePath()),
            ReadOnlyPaths = linux["readonlyPaths"].List(static path => path.AbsolutePath()),
            Sysctls = LinuxReader.Sysctls(linux["sysctl"], namespaces),
            CgroupPath = linux["cgroupsPath"].Text(),
            Resources = linux["resources"].Exists ? ResourcesReader.Read(linux["resources"]) : null,
            RootPropagation = LinuxReader.Propagation(linux["rootfsPropagation"]),
            Hooks = HooksReader.Read(root["hooks"]),
            MountLabel = linux["mountLabel"].Text() is { Length: > 0 } label ? label : null,
            Personality = linux["personality"].Exists ? LinuxReader.Personality(linux["personality"]) : null,
            MemoryPolicy = linux["memoryPolicy"].Exists ? LinuxReader.MemoryPolicy(linux["memoryPolicy"]) : null,
            TimeOffsets = LinuxReader.TimeOffsets(linux["timeOffsets"]),
            NetworkDevices = LinuxReader.NetworkDevices(linux["netDevices"]),
            IntelRdt = IntelRdtReader.Read(linux["intelRdt"]),
            Annotations = root["annotations"].Map(),
        };
        SpecRules.Check(spec, root);
        return AnnotationReader.Apply(spec, root["annotations"]);
    }

    private static string Version(SpecNode node)
    {
        string version = node.RequiredText();
        string[] numbers = version.Split('-', '+')[0].Split('.');
        return numbers.Length == 3 && numbers[0] == "1" && numbers.All(static n => n.Length > 0 && n.All(char.IsAsciiDigit)) ? version
            : throw node.Error($"is {version}, not 1.x");
    }

    private static IReadOnlyList<NamespaceSpec> Namespaces(SpecNode list)
    {
        HashSet<NamespaceKind> seen = [];
        return list.List(item =>
        {
            NamespaceKind kind = item["type"].Choice<NamespaceKind>("a kind of namespace", static name => name switch
            {
                "pid" => NamespaceKind.Pid,
                "network" => NamespaceKind.Network,
                "mount" => NamespaceKind.Mount,
                "ipc" => NamespaceKind.Ipc,
                "uts" => NamespaceKind.Uts,
                "user" => NamespaceKind.User,
                "cgroup" => NamespaceKind.Cgroup,
                "time" => NamespaceKind.Time,
                _ => null,
            });
            if (!seen.Add(kind)) throw item["type"].Error($"is {item["type"].Text()} for a second time");
            return new NamespaceSpec(kind, item["path"].Text() is { Length: > 0 } ? item["path"].AbsolutePath() : null);
        });
    }
}
