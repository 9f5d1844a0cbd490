using System.Text.Json;
using Sampan.CommandLine;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Seccomp;

namespace Sampan.Oci.Commands;

/// <summary>runtime-spec features.md and features-linux.md: only what this runtime really does.</summary>
internal static class FeaturesCommand
{
    private static readonly string[] Hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    private static readonly string[] MountOptions =
    [
        "acl", "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "idmap", "iversion", "lazytime", "loud", "mand", "noacl",
        "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow",
        "private", "ratime", "rbind", "rdev", "rdiratime", "relatime", "remount", "rexec", "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec",
        "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro", "rprivate", "rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime",
        "rsuid", "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "strictatime", "suid", "symfollow", "sync", "tmpcopyup", "unbindable",
    ];

    private static readonly string[] MemoryPolicyModes =
    [
        "MPOL_DEFAULT", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE", "MPOL_PREFERRED", "MPOL_PREFERRED_MANY", "MPOL_LOCAL",
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
        Texts("hooks", Hooks);
        Texts("mountOptions", MountOptions);
        json.WriteStartObject("linux");
        Texts("namespaces", ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]);
        Texts("capabilities", CapabilitySet.All.Select(capability => capability.ToString()));
        Flags("cgroup", ("v1", true), ("v2", true), ("systemd", true), ("systemdUser", false), ("rdma", true));
        json.WriteStartObject("seccomp");
        json.WriteBoolean("enabled", true);
        Texts("actions", SeccompNames.Actions);
        Texts("operators", SeccompNames.Operators);
        Texts("archs", ["SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]);
        Texts("knownFlags", SeccompNames.Flags);
        Texts("supportedFlags", SeccompNames.Flags);
        json.WriteEndObject();
        Flags("apparmor", ("enabled", true));
        Flags("selinux", ("enabled", true));
        Flags("intelRdt", ("enabled", true), ("schemata", true), ("monitoring", true));
        json.WriteStartObject("memoryPolicy");
        Texts("modes", MemoryPolicyModes);
        Texts("flags", ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"]);
        json.WriteEndObject();
        json.WriteStartObject("mountExtensions");
        Flags("idmap", ("enabled", true));
        json.WriteEndObject();
        Flags("netDevices", ("enabled", true));
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
