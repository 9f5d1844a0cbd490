using System.Text;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Runtime.Spec;

public sealed class SpecReaderTests
{
    [Fact]
    public void The_configuration_that_spec_writes_is_read_back()
    {
        ContainerSpec spec = DefaultConfig.Read();

        Assert.Equal("1.3.0", spec.Version);
        Assert.Equal("rootfs", spec.RootPath);
        Assert.True(spec.RootReadOnly);
        Assert.Equal("sampan", spec.Hostname);
        Assert.Equal(DefaultSpec.Mounts.Select(m => m.Destination), spec.Mounts.Select(m => m.Destination));
        Assert.Equal(DefaultSpec.Mounts[0].Options, spec.Mounts[0].Options);
        Assert.Equal(DefaultSpec.MaskedPaths, spec.MaskedPaths);
        Assert.Equal(DefaultSpec.ReadOnlyPaths, spec.ReadOnlyPaths);
        Assert.Equal(
            [NamespaceKind.Pid, NamespaceKind.Network, NamespaceKind.Ipc, NamespaceKind.Uts, NamespaceKind.Mount, NamespaceKind.Cgroup],
            spec.Namespaces.Select(n => n.Kind));
        Assert.All(spec.Namespaces, n => Assert.Null(n.Path));
    }

    [Fact]
    public void Its_process_is_a_shell_on_a_terminal_with_three_capabilities()
    {
        ProcessSpec process = DefaultConfig.Read().Process!;

        Assert.Equal(["sh"], process.Arguments);
        Assert.True(process.Terminal);
        Assert.True(process.NoNewPrivileges);
        Assert.Equal("/", process.WorkingDirectory);
        CapabilitySet three = CapabilitySet.Of(Capability.CAP_AUDIT_WRITE, Capability.CAP_KILL, Capability.CAP_NET_BIND_SERVICE);
        Assert.Equal(three, process.Capabilities!.Bounding);
        Assert.Equal(three, process.Capabilities.Effective);
        Assert.Equal(three, process.Capabilities.Permitted);
        Assert.True(process.Capabilities.Inheritable.IsEmpty);
        Assert.True(process.Capabilities.Ambient.IsEmpty);
        Assert.Equal(new ResourceLimit("RLIMIT_NOFILE", 7, 1024, 1024), Assert.Single(process.ResourceLimits));
    }

    [Fact]
    public void The_rootless_configuration_maps_one_id_and_makes_no_network()
    {
        ContainerSpec spec = DefaultConfig.Read(rootless: true);

        Assert.True(spec.Makes(NamespaceKind.User));
        Assert.False(spec.Has(NamespaceKind.Network));
        Assert.Equal(0u, Assert.Single(spec.UidMappings).ContainerId);
        Assert.Single(spec.GidMappings);
        Assert.DoesNotContain(spec.Mounts, m => m.Type == "cgroup");
        Assert.DoesNotContain(spec.Mounts, m => m.Options.Contains("gid=5"));
    }

    [Theory]
    [InlineData("ociVersion", null, "ociVersion: is missing")]
    [InlineData("ociVersion", "1", "ociVersion: is not a string")]
    [InlineData("ociVersion", "\"2.0.0\"", "ociVersion: is 2.0.0, not 1.x")]
    [InlineData("root", "[]", "root: is not an object")]
    [InlineData("root/path", null, "root.path: is missing")]
    [InlineData("root/path", "\"a\\u0000b\"", "root.path: contains a NUL character")]
    [InlineData("root/readonly", "\"yes\"", "root.readonly: is not true or false")]
    [InlineData("hostname", "7", "hostname: is not a string")]
    [InlineData("domainname", "{}", "domainname: is not a string")]
    [InlineData("process", "\"sh\"", "process: is not an object")]
    [InlineData("process/args", null, "process.args: is missing")]
    [InlineData("process/args", "[]", "process.args: is missing")]
    [InlineData("process/args", "\"sh\"", "process.args: is not an array")]
    [InlineData("process/args/0", "1", "process.args[0]: is not a string")]
    [InlineData("process/args/0", "null", "process.args[0]: is null")]
    [InlineData("process/env/1", "true", "process.env[1]: is not a string")]
    [InlineData("process/cwd", null, "process.cwd: is missing")]
    [InlineData("process/cwd", "\"tmp\"", "process.cwd: is tmp, not an absolute path")]
    [InlineData("process/terminal", "1", "process.terminal: is not true or false")]
    [InlineData("process/consoleSize/height", "70000", "process.consoleSize.height: is 70000, not between 0 and 65535")]
    [InlineData("process/user", "\"root\"", "process.user: is not an object")]
    [InlineData("process/user/uid", "-1", "process.user.uid: is -1, not between 0 and 4294967294")]
    [InlineData("process/user/gid", "\"0\"", "process.user.gid: is not a number")]
    [InlineData("process/user/additionalGids/0", "4294967296", "process.user.additionalGids[0]: is 4294967296, not between 0 and 4294967294")]
    [InlineData("process/user/umask", "512", "process.user.umask: is 512, not between 0 and 511")]
    [InlineData("process/capabilities", "[]", "process.capabilities: is not an object")]
    [InlineData("process/capabilities/effective", "\"CAP_KILL\"", "process.capabilities.effective: is not an array")]
    [InlineData("process/rlimits/0/type", "\"RLIMIT_FOO\"", "process.rlimits[0].type: is RLIMIT_FOO, not a known resource limit")]
    [InlineData("process/rlimits/0/soft", "-5", "process.rlimits[0].soft: is not a whole number from 0")]
    [InlineData("process/noNewPrivileges", "0", "process.noNewPrivileges: is not true or false")]
    [InlineData("process/oomScoreAdj", "1001", "process.oomScoreAdj: is 1001, not between -1000 and 1000")]
    [InlineData("process/oomScoreAdj", "0.5", "process.oomScoreAdj: is not a whole number between -1000 and 1000")]
    [InlineData("mounts", "{}", "mounts: is not an array")]
    [InlineData("mounts/2", "\"x\"", "mounts[2]: is not an object")]
    [InlineData("mounts/1/destination", null, "mounts[1].destination: is missing")]
    [InlineData("mounts/1/type", "3", "mounts[1].type: is not a string")]
    [InlineData("mounts/1/options/0", "3", "mounts[1].options[0]: is not a string")]
    [InlineData("linux", "1", "linux: is not an object")]
    [InlineData("linux/namespaces/0/type", "\"pids\"", "linux.namespaces[0].type: is pids, not a kind of namespace")]
    [InlineData("linux/namespaces/0/path", "1", "linux.namespaces[0].path: is not a string")]
    [InlineData("linux/uidMappings/0/containerID", "-2", "linux.uidMappings[0].containerID: is -2, not between 0 and 4294967295")]
    [InlineData("linux/gidMappings/0/containerID", "\"1\"", "linux.gidMappings[0].containerID: is not a number")]
    [InlineData("linux/devices/0/type", "\"z\"", "linux.devices[0].type: is z, not c, b, u or p")]
    [InlineData("linux/maskedPaths/0", "0", "linux.maskedPaths[0]: is not a string")]
    [InlineData("linux/readonlyPaths", "\"/proc\"", "linux.readonlyPaths: is not an array")]
    [InlineData("linux/sysctl", "[]", "linux.sysctl: is not an object")]
    [InlineData("linux/sysctl/net.ipv4.ip_forward", "1", "linux.sysctl.net.ipv4.ip_forward: is not a string")]
    [InlineData("linux/cgroupsPath", "1", "linux.cgroupsPath: is not a string")]
    [InlineData("linux/resources/memory/limit", "-2", "linux.resources.memory.limit: is -2, not between -1 and 9223372036854775807")]
    [InlineData("linux/resources/cpu/shares", "-1", "linux.resources.cpu.shares: is not a whole number from 0")]
    [InlineData("linux/resources/devices/0/access", "\"rwx\"", "linux.resources.devices[0].access: is rwx, not made of r, w and m")]
    [InlineData("linux/resources/devices/0/type", "\"p\"", "linux.resources.devices[0].type: is p, not a, b or c")]
    [InlineData("linux/rootfsPropagation", "false", "linux.rootfsPropagation: is not a string")]
    [InlineData("annotations/key", "1", "annotations.key: is not a string")]
    public void A_wrong_field_gives_one_line_that_begins_with_its_path(string path, string? value, string message)
        => Assert.Equal(message, Assert.Throws<SpecException>(() => SpecReader.Read(DefaultConfig.With(path, value))).Message);

    [Theory]
    [InlineData("", "not valid JSON: line 1, byte 1")]
    [InlineData("{\n  \"ociVersion\": }", "not valid JSON: line 2, byte 17")]
    [InlineData("[]", "the document: is not an object")]
    public void What_is_not_a_JSON_object_is_refused(string json, string message)
        => Assert.Equal(message, Assert.Throws<SpecException>(() => SpecReader.Read(Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void JSON_nested_too_deep_is_refused_not_followed()
    {
        byte[] deep = Encoding.UTF8.GetBytes(new string('[', 10_000) + new string(']', 10_000));

        Assert.StartsWith("not valid JSON", Assert.Throws<SpecException>(() => SpecReader.Read(deep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_seccomp_profile_is_refused_with_its_path()
    {
        Exception error = Assert.ThrowsAny<Exception>(() => SpecReader.Read(DefaultConfig.With("linux/seccomp/defaultAction", "\"SCMP_ACT_FOO\"")));

        Assert.Equal("linux.seccomp.defaultAction: is SCMP_ACT_FOO, not a seccomp action", error.Message);
    }

    [Fact]
    public void Unknown_capabilities_and_unknown_fields_are_passed_over()
    {
        Assert.Equal(CapabilitySet.Of(Capability.CAP_KILL),
            SpecReader.Read(DefaultConfig.With("process/capabilities/bounding", "[\"CAP_KILL\", \"CAP_FROM_TOMORROW\"]")).Process!.Capabilities!.Bounding);
        Assert.NotNull(SpecReader.Read(DefaultConfig.With("fromTomorrow", "{}")));
    }

    [Fact]
    public void A_relative_mount_destination_is_relative_to_the_root()
        => Assert.Equal("/proc", SpecReader.Read(DefaultConfig.With("mounts/0/destination", "\"proc\"")).Mounts[0].Destination);

    [Fact]
    public void An_empty_namespace_path_makes_a_new_namespace()
        => Assert.True(SpecReader.Read(DefaultConfig.With("linux/namespaces/0/path", "\"\"")).Makes(NamespaceKind.Pid));

    [Fact]
    public void A_configuration_without_a_process_is_one_that_can_not_be_started()
        => Assert.Null(SpecReader.Read(DefaultConfig.With("process", null)).Process);

    [Fact]
    public void A_process_alone_is_read_as_exec_takes_it()
    {
        ProcessSpec process = SpecReader.ReadProcess(
            """{"args":["id","-u"],"cwd":"/tmp","user":{"uid":1000,"gid":100,"additionalGids":[5]},"env":["A=1"]}"""u8.ToArray());

        Assert.Equal(["id", "-u"], process.Arguments);
        Assert.Equal("/tmp", process.WorkingDirectory);
        Assert.Equal((1000u, 100u), (process.User.Uid, process.User.Gid));
        Assert.Equal([5u], process.User.AdditionalGids);
        Assert.Null(process.Capabilities);
        Assert.Equal("cwd: is missing",
            Assert.Throws<SpecException>(() => SpecReader.ReadProcess("""{"args":["id"]}"""u8.ToArray())).Message);
    }
}
