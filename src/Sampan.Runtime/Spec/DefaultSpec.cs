using System.Text.Json;
using Sampan.Linux.Processes;

namespace Sampan.Runtime.Spec;

/// <summary>The <c>config.json</c> that <c>spec</c> writes: a shell in the usual namespaces, with few capabilities.</summary>
public static class DefaultSpec
{
    private static readonly string[] Capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

    /// <summary>Paths that tell or change something about the host.</summary>
    public static IReadOnlyList<string> MaskedPaths { get; } =
    [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/interrupts", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    public static IReadOnlyList<string> ReadOnlyPaths { get; } =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static IReadOnlyList<MountSpec> Mounts { get; } =
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        new("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        new("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        new("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "ro"]),
    ];

    public static void Write(Utf8JsonWriter json, bool rootless)
    {
        json.WriteStartObject();
        json.WriteString("ociVersion", "1.3.0");
        json.WriteStartObject("process");
        json.WriteBoolean("terminal", true);
        json.WriteStartObject("user");
        json.WriteNumber("uid", 0);
        json.WriteNumber("gid", 0);
        json.WriteEndObject();
        WriteTexts(json, "args", ["sh"]);
        WriteTexts(json, "env", ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"]);
        json.WriteString("cwd", "/");
        json.WriteStartObject("capabilities");
        foreach (string set in new[] { "bounding", "effective", "permitted" }) WriteTexts(json, set, Capabilities);
        json.WriteEndObject();
        json.WriteStartArray("rlimits");
        json.WriteStartObject();
        json.WriteString("type", "RLIMIT_NOFILE");
        json.WriteNumber("hard", 1024);
        json.WriteNumber("soft", 1024);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("noNewPrivileges", true);
        json.WriteEndObject();
        json.WriteStartObject("root");
        json.WriteString("path", "rootfs");
        json.WriteBoolean("readonly", true);
        json.WriteEndObject();
        json.WriteString("hostname", "sampan");
        WriteMounts(json, rootless);
        WriteLinux(json, rootless);
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, bool rootless)
    {
        json.WriteStartArray("mounts");
        foreach (MountSpec mount in Mounts)
        {
            if (rootless && mount.Type == "cgroup") continue; // an ordinary user has no cgroup of his own to show
            bool systemOfHost = rootless && mount.Type == "sysfs";
            json.WriteStartObject();
            json.WriteString("destination", mount.Destination);
            json.WriteString("type", systemOfHost ? "none" : mount.Type);
            json.WriteString("source", systemOfHost ? "/sys" : mount.Source);
            WriteTexts(json, "options", systemOfHost ? ["rbind", "nosuid", "noexec", "nodev", "ro"]
                : rootless ? mount.Options.Where(option => option != "gid=5") // a group that is not mapped
                : mount.Options);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLinux(Utf8JsonWriter json, bool rootless)
    {
        json.WriteStartObject("linux");
        if (rootless)
        {
            WriteMap(json, "uidMappings", Caller.Uid);
            WriteMap(json, "gidMappings", Caller.Gid);
        }
        else
        {
            json.WriteStartObject("resources");
            json.WriteStartArray("devices");
            json.WriteStartObject();
            json.WriteBoolean("allow", false);
            json.WriteString("access", "rwm");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteStartArray("namespaces");
        string[] kinds = rootless ? ["pid", "ipc", "uts", "mount", "user"] : ["pid", "network", "ipc", "uts", "mount", "cgroup"];
        foreach (string kind in kinds)
        {
            json.WriteStartObject();
            json.WriteString("type", kind);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteTexts(json, "maskedPaths", MaskedPaths);
        WriteTexts(json, "readonlyPaths", ReadOnlyPaths);
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, uint host)
    {
        json.WriteStartArray(name);
        json.WriteStartObject();
        json.WriteNumber("containerID", 0);
        json.WriteNumber("hostID", host);
        json.WriteNumber("size", 1);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
