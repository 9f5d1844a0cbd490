using System.Text;
using System.Text.Json.Nodes;
using Sampan.Runtime.Plan;
using Sampan.Runtime.Spec;
using Sampan.Tests.Fuzzing;

namespace Sampan.Tests.Runtime.Spec;

/// <summary>Valid configurations with a few bytes or values changed: they are read and planned, or refused in one line.</summary>
public sealed class ConfigFuzzTests(ITestOutputHelper output)
{
    private static readonly byte[] s_valid = Encoding.UTF8.GetBytes(JsonNode.Parse(FullConfig.Json)!.ToJsonString());

    [Fact]
    public void Whatever_the_bytes_are_only_a_SpecException_of_one_line_comes_out() => Fuzz.Run(output, seed =>
    {
        Random random = new(seed);
        byte[] bytes = random.Next(2) == 0 ? SpoilBytes(random, s_valid) : SpoilValues(random);
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
            Assert.Fail($"{error}\n{Encoding.UTF8.GetString(bytes)}");
        }
    });

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
            FullConfig.Put(values[random.Next(values.Length)], value);
        }
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }
}
