using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Runtime.Spec;

public sealed class MalformedConfigTests
{
    // what every configuration needs, by the parent's path
    private static readonly string[] s_required =
    [
        "ociVersion", "root.path", "process.cwd", "process.args", "process.rlimits[0].type", "process.scheduler.policy", "process.ioPriority.class",
        "mounts[0].destination", "mounts[0].type", "mounts[1].source", "mounts[1].gidMappings", "hooks.prestart[0].path", "hooks.poststop[0].path",
        "linux.namespaces[0].type", "linux.uidMappings", "linux.gidMappings[0].size", "linux.devices[0].path", "linux.devices[0].type", "linux.devices[0].major",
        "linux.personality.domain", "linux.memoryPolicy.mode", "linux.seccomp.defaultAction", "linux.seccomp.syscalls[0].action", "linux.seccomp.syscalls[0].args[0].op",
        "linux.seccomp.syscalls[0].args[0].index", "linux.seccomp.syscalls[0].args[0].value", "linux.seccomp.syscalls[0].names",
        "process.rlimits[0].soft", "process.rlimits[0].hard", "process.ioPriority.priority", "linux.uidMappings[0].containerID", "linux.uidMappings[0].hostID",
        "linux.devices[0].minor", "linux.resources.devices[0].allow", "linux.resources.hugepageLimits[0].pageSize", "linux.resources.hugepageLimits[0].limit",
        "linux.resources.network.priorities[0].name", "linux.resources.network.priorities[0].priority", "linux.resources.blockIO.weightDevice[0].major",
        "linux.resources.blockIO.weightDevice[0].minor", "linux.resources.blockIO.throttleReadBpsDevice[0].major",
        "linux.resources.blockIO.throttleWriteBpsDevice[0].minor", "linux.resources.blockIO.throttleReadIOPSDevice[0].rate",
        "linux.resources.blockIO.throttleWriteIOPSDevice[0].rate",
    ];

    private static readonly string[] s_words =
    [
        "ociVersion", "process.cwd", "process.rlimits[0].type", "process.scheduler.policy", "process.scheduler.flags[0]", "process.ioPriority.class",
        "process.execCPUAffinity.initial", "process.execCPUAffinity.final", "hooks.createRuntime[0].path", "linux.namespaces[0].type", "linux.namespaces[1].path",
        "linux.devices[0].type", "linux.devices[0].path", "linux.rootfsPropagation", "linux.maskedPaths[0]", "linux.readonlyPaths[0]", "linux.personality.domain",
        "linux.memoryPolicy.mode", "linux.memoryPolicy.flags[0]", "linux.memoryPolicy.nodes", "linux.netDevices.eth0.name", "linux.seccomp.defaultAction",
        "linux.seccomp.architectures[0]", "linux.seccomp.flags[0]", "linux.seccomp.syscalls[0].action", "linux.seccomp.syscalls[0].args[0].op",
        "linux.resources.cpu.cpus", "linux.resources.cpu.mems", "linux.resources.hugepageLimits[0].pageSize",
        "linux.resources.network.priorities[0].name", "linux.resources.devices[0].type", "linux.resources.devices[0].access",
    ];

    // 64 bits of it mean something: bytes, rates and times
    private static readonly string[] s_numbersAnySize = ["process.scheduler.runtime", "process.scheduler.deadline", "process.scheduler.period",
        "process.rlimits[0].hard", "linux.seccomp.syscalls[0].args[0].value", "linux.seccomp.syscalls[0].args[0].valueTwo", "linux.timeOffsets.monotonic.secs",
        .. FullConfig.Values(JsonNode.Parse(FullConfig.Json)!).Select(v => v.Path).Where(path =>
            path.StartsWith("linux.resources.", StringComparison.Ordinal) && path.Split('.')[^1] is "limit" or "reservation" or "swap" or "kernelTCP" or "shares"
                or "quota" or "burst" or "period" or "realtimeRuntime" or "realtimePeriod" or "rate")];

    private static readonly string[] s_numbersOfAnySign = ["linux.timeOffsets.monotonic.secs", "linux.resources.cpu.quota", "linux.resources.cpu.realtimeRuntime"];

    [Fact]
    public void The_full_configuration_is_read() => Assert.Equal(8, SpecReader.Read(Encoding.UTF8.GetBytes(FullConfig.Json)).Namespaces.Count);

    [Fact]
    public void Each_value_of_another_type_is_an_error_that_begins_with_its_path()
    {
        int checkedValues = 0;
        foreach (string path in FullConfig.Values(JsonNode.Parse(FullConfig.Json)!).Select(v => v.Path).ToArray())
        {
            foreach (string wrong in new[] { "[[]]", "{\"x\":{}}", "true", "\"text\"", "7.5" })
                checkedValues += Refused(path, JsonNode.Parse(wrong), sameKindIsNoError: true) ? 1 : 0;
        }
        Assert.True(checkedValues > 800, $"{checkedValues}");
    }

    [Fact]
    public void Each_word_that_is_not_known_is_an_error_that_begins_with_its_path() => Assert.All(s_words, path => Refused(path, "no such/word"));

    [Fact]
    public void Each_value_that_is_missing_is_an_error_that_names_it() => Assert.All(s_required, path => Refused(path, null));

    [Fact]
    public void Each_number_out_of_range_is_an_error_that_begins_with_its_path()
    {
        foreach ((string path, JsonNode value) in FullConfig.Values(JsonNode.Parse(FullConfig.Json)!).Where(v => v.Value.GetValueKind() == JsonValueKind.Number).ToArray())
        {
            Refused(path, JsonNode.Parse("99999999999999999999"));
            if (!s_numbersAnySize.Contains(path)) Refused(path, JsonNode.Parse(path.EndsWith(".soft", StringComparison.Ordinal) ? "3" : "9999999999"));
            if (!s_numbersOfAnySign.Contains(path)) Refused(path, JsonNode.Parse("-9999999999"));
        }
    }

    [Theory]
    [InlineData("process.user.uid")]
    [InlineData("process.user.gid")]
    [InlineData("process.user.additionalGids[0]")]
    [InlineData("linux.devices[0].uid")]
    public void An_id_that_leaves_ids_as_they_are_is_none(string path) => Refused(path, JsonNode.Parse("4294967295"));

    [Theory]
    [InlineData("closID")]
    [InlineData("schemata[0]")]
    [InlineData("l3CacheSchema")]
    [InlineData("memBwSchema")]
    [InlineData("enableMonitoring")]
    public void A_wrong_member_of_intelRdt_is_named(string member)
    {
        JsonNode document = JsonNode.Parse(FullConfig.Json)!;
        document["linux"]!["intelRdt"] = JsonNode.Parse("""{"closID":"c","schemata":["MB:0=50"],"l3CacheSchema":"L3:0=f","memBwSchema":"MB:0=50","enableMonitoring":true}""");
        Assert.Null(Error(document));
        FullConfig.Put(FullConfig.Values(document).First(v => v.Path == $"linux.intelRdt.{member}").Value, 7);
        Assert.StartsWith($"linux.intelRdt.{member}: is not", Error(document)!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resources", "unified", "../memory.high")]
    [InlineData("resources", "unified", "memory")]
    [InlineData("resources", "rdma", "two words")]
    public void A_name_that_can_not_be_one_is_named(string parent, string map, string name)
    {
        JsonNode document = JsonNode.Parse(FullConfig.Json)!;
        document["linux"]![parent]![map]!.AsObject().Add(name, map == "rdma" ? new JsonObject() : "5");
        Assert.StartsWith($"linux.{parent}.{map}.{name}: is not the name of", Error(document)!, StringComparison.Ordinal);
    }

    private static bool Refused(string path, JsonNode? wrong, bool sameKindIsNoError = false)
    {
        JsonNode document = JsonNode.Parse(FullConfig.Json)!;
        JsonNode old = FullConfig.Values(document).First(v => v.Path == path).Value;
        if (sameKindIsNoError && Kind(old) == Kind(wrong!)) return false;
        FullConfig.Put(old, wrong);
        string? error = Error(document);
        Assert.True(error is not null, $"{path} = {wrong?.ToJsonString()}: was accepted");
        Assert.StartsWith(path + ":", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        return true;
    }

    private static string? Error(JsonNode document)
    {
        try
        {
            _ = SpecReader.Read(Encoding.UTF8.GetBytes(document.ToJsonString()));
            return null;
        }
        catch (SpecException thrown)
        {
            return thrown.Message;
        }
    }

    private static JsonValueKind Kind(JsonNode node) => node.GetValueKind() is JsonValueKind.False ? JsonValueKind.True
        : node.GetValueKind() is JsonValueKind.Number && node.ToJsonString().Contains('.') ? JsonValueKind.Undefined // a fraction is no number here
        : node.GetValueKind();
}
