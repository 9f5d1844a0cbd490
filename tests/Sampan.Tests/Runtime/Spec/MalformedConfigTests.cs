using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sampan.Runtime.Plan;
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
        "linux.seccomp.syscalls[0].args[0].index", "linux.seccomp.syscalls[0].args[0].value",
    ];

    private static readonly string[] s_words =
    [
        "ociVersion", "process.cwd", "process.rlimits[0].type", "process.scheduler.policy", "process.scheduler.flags[0]", "process.ioPriority.class",
        "process.execCPUAffinity.initial", "process.execCPUAffinity.final", "hooks.createRuntime[0].path", "linux.namespaces[0].type", "linux.namespaces[1].path",
        "linux.devices[0].type", "linux.devices[0].path", "linux.rootfsPropagation", "linux.maskedPaths[0]", "linux.readonlyPaths[0]", "linux.personality.domain",
        "linux.memoryPolicy.mode", "linux.memoryPolicy.flags[0]", "linux.memoryPolicy.nodes", "linux.netDevices.eth0.name", "linux.seccomp.defaultAction",
        "linux.seccomp.architectures[0]", "linux.seccomp.flags[0]", "linux.seccomp.syscalls[0].action", "linux.seccomp.syscalls[0].args[0].op",
    ];

    private static readonly string[] s_numbersAnySize = ["process.scheduler.runtime", "process.scheduler.deadline", "process.scheduler.period",
        "process.rlimits[0].hard", "linux.seccomp.syscalls[0].args[0].value", "linux.seccomp.syscalls[0].args[0].valueTwo", "linux.timeOffsets.monotonic.secs"];

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
        Assert.True(checkedValues > 500, $"{checkedValues}");
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
            if (path != "linux.timeOffsets.monotonic.secs") Refused(path, JsonNode.Parse("-9999999999"));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_bytes_are_only_a_SpecException_of_one_line_comes_out(int run)
    {
        int seed = Environment.TickCount ^ run;
        Random random = new(seed);
        DateTime end = DateTime.UtcNow.AddSeconds(2);
        byte[] valid = Encoding.UTF8.GetBytes(JsonNode.Parse(FullConfig.Json)!.ToJsonString());
        for (int round = 0; round < 20_000 && DateTime.UtcNow < end; round++)
        {
            byte[] bytes = random.Next(2) == 0 ? SpoilBytes(random, valid) : SpoilValues(random);
            try
            {
                ContainerSpec spec = SpecReader.Read(bytes);
                using StartPlan plan = StartPlan.Compose(spec, new StartContext { Staging = "/r" });
            }
            catch (SpecException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }
    }

    private static byte[] SpoilBytes(Random random, byte[] valid)
    {
        List<byte> bytes = [.. valid];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at / 2, Math.Min(random.Next(1, 30), bytes.Count - at / 2))); break;
                default: bytes.InsertRange(at, "\\ud800\\u0000"u8.ToArray()); break;
            }
        }
        return [.. bytes];
    }

    private static byte[] SpoilValues(Random random)
    {
        string[] pool = ["null", "-1", "1e99", "18446744073709551615", "\"\"", "\"/\"", "\"..\"", "\"\\u0000\"", "\"\\n\"", "[]", "{}", "[null]", "{\"\":null}", "true", "\"cgroup\"", "\"remount\""];
        JsonNode document = JsonNode.Parse(FullConfig.Json)!;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            JsonNode[] values = [.. FullConfig.Values(document).Select(v => v.Value).Where(v => v is not null)];
            JsonNode? value = JsonNode.Parse(random.Next(3) == 0 ? values[random.Next(values.Length)].ToJsonString() : pool[random.Next(pool.Length)]);
            Put(values[random.Next(values.Length)], value);
        }
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private static bool Refused(string path, JsonNode? wrong, bool sameKindIsNoError = false)
    {
        JsonNode document = JsonNode.Parse(FullConfig.Json)!;
        JsonNode old = FullConfig.Values(document).First(v => v.Path == path).Value;
        if (sameKindIsNoError && Kind(old) == Kind(wrong!)) return false;
        Put(old, wrong);
        byte[] bytes = Encoding.UTF8.GetBytes(document.ToJsonString());
        SpecException? error = null;
        try
        {
            _ = SpecReader.Read(bytes);
        }
        catch (SpecException thrown)
        {
            error = thrown;
        }
        Assert.True(error is not null, $"{path} = {wrong?.ToJsonString()}: was accepted");
        Assert.StartsWith(path + ":", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        return true;
    }

    private static JsonValueKind Kind(JsonNode node) => node.GetValueKind() is JsonValueKind.False ? JsonValueKind.True
        : node.GetValueKind() is JsonValueKind.Number && node.ToJsonString().Contains('.') ? JsonValueKind.Undefined // a fraction is no number here
        : node.GetValueKind();

    private static void Put(JsonNode old, JsonNode? value)
    {
        if (old.Parent is JsonArray list) list[list.IndexOf(old)] = value;
        else if (old.Parent is JsonObject parent)
        {
            if (value is null) parent.Remove(old.GetPropertyName());
            else parent[old.GetPropertyName()] = value;
        }
    }
}
