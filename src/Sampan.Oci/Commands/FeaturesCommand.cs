using System.Text.Json;
using Sampan.CommandLine;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Seccomp;

namespace Sampan.Oci.Commands;

/// <summary>runtime-spec features.md and features-linux.md: only what this runtime really does.</summary>
internal static class FeaturesCommand
{
    private static readonly string[] MountOptions =
    [
        "atime", "bind", "defaults", "dev", "diratime", "exec", "noatime", "nodev", "nodiratime", "noexec", "norelatime", "nostrictatime",
        "nosuid", "nosymfollow", "private", "ratime", "rbind", "rdev", "relatime", "rexec", "rnoatime", "rnodev", "rnodiratime", "rnoexec",
        "rnosuid", "ro", "rprivate", "rro", "rshared", "rslave", "rsuid", "runbindable", "rw", "shared", "slave", "strictatime", "suid",
        "symfollow", "unbindable",
    ];

    public static Command Declare() => new("features", "print what this runtime supports as JSON")
    {
        MaxPositionals = 0,
        Handler = static _ =>
        {
            Console.Out.WriteLine(JsonOutput.Indented(Write));
            return 0;
        },
    };

    private static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ociVersionMin", "1.0.0");
        json.WriteString("ociVersionMax", "1.3.0");
        Texts("mountOptions", MountOptions);
        json.WriteStartObject("linux");
        Texts("namespaces", ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]);
        Texts("capabilities", CapabilitySet.All.Select(capability => capability.ToString()));
        Flags("cgroup", ("v1", true), ("v2", true), ("systemd", false), ("systemdUser", false), ("rdma", false));
        json.WriteStartObject("seccomp");
        json.WriteBoolean("enabled", true);
        Texts("actions", SeccompNames.Actions);
        Texts("operators", SeccompNames.Operators);
        Texts("archs", ["SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]);
        Texts("knownFlags", SeccompNames.Flags);
        Texts("supportedFlags", SeccompNames.Flags);
        json.WriteEndObject();
        Flags("apparmor", ("enabled", false));
        Flags("selinux", ("enabled", false));
        Flags("intelRdt", ("enabled", false));
        json.WriteStartObject("mountExtensions");
        Flags("idmap", ("enabled", false));
        json.WriteEndObject();
        Flags("netDevices", ("enabled", false));
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("sampan.version", GlobalFlags.Version);
        json.WriteEndObject();
        json.WriteEndObject();

        void Texts(string name, IEnumerable<string> values)
        {
            json.WriteStartArray(name);
            foreach (string value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }

        void Flags(string name, params ReadOnlySpan<(string Name, bool Value)> flags)
        {
            json.WriteStartObject(name);
            foreach ((string flag, bool value) in flags) json.WriteBoolean(flag, value);
            json.WriteEndObject();
        }
    }
}
