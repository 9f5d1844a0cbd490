using System.Text.Json;
using System.Text.Json.Nodes;
using Sampan.Linux.Seccomp;
using Sampan.Runtime.Spec;
using Sampan.Tests.Fuzzing;
using static Sampan.Tests.Linux.Seccomp.RandomSeccomp;

namespace Sampan.Tests.Linux.Seccomp;

/// <summary>Filters of random profiles: well-formed for us and for the kernel, and of the same opinion as the rules, above all at boundaries.</summary>
public sealed class SeccompFuzzTests(ITestOutputHelper output)
{
    private const int CallsPerProfile = 200;

    [Fact]
    public void Filters_of_random_profiles_decide_as_the_rules_say_and_the_kernel_takes_them()
    {
        Exception? failure = null;
        using KernelFilter kernel = new();
        Thread thread = new(() => failure = Record.Exception(() => Fuzz.Run(output, Round)));
        thread.Start(); // one that may be told to gain no privileges
        thread.Join();
        if (failure is not null) throw failure;
    }

    [Theory]
    [InlineData(0x06, 0, 0, 0u, true)]
    [InlineData(0x20, 0, 0, 60u, false)]  // no end
    [InlineData(0x05, 0, 0, 0u, false)]   // behind the end
    [InlineData(0x16, 0, 0, 0u, true)]    // BPF_RET | BPF_A, which the compiler never makes
    [InlineData(0x87, 0, 0, 0u, false)]   // BPF_MISC | BPF_TXA, not at the end
    public void Both_checkers_of_filters_can_refuse(int code, int whenTrue, int whenFalse, uint k, bool kernelTakes)
    {
        BpfInstruction[] program = [new((ushort)code, (byte)whenTrue, (byte)whenFalse, k)];
        int refusal = -1;
        using KernelFilter kernel = new();
        Thread thread = new(() => refusal = KernelFilter.Refusal(program));
        thread.Start();
        thread.Join();
        Assert.Equal(kernelTakes ? 0 : 22, refusal);
        Assert.Equal(code == 0x06, BpfChecker.Complaint(program) is null);
    }

    private static void Round(int seed)
    {
        Random random = new(seed);
        string text = Profile(random).ToJsonString();
        JsonObject profile = JsonNode.Parse(text)!.AsObject();
        BpfInstruction[] program = SeccompCompiler.Compile(Read(text));
        Assert.Equal((null, 0), (BpfChecker.Complaint(program), KernelFilter.Refusal(program)));
        SeccompReference reference = new(profile);
        for (int i = 0; i < CallsPerProfile; i++)
        {
            (uint audit, uint number, ulong[] arguments) = Call(random, profile);
            (uint wanted, uint got) = (reference.Decide(audit, number, arguments), BpfInterpreter.Run(program, audit, number, arguments));
            Assert.True(wanted == got, $"{audit:x} {number:x}({string.Join(", ", arguments.Select(a => a.ToString("x")))}): wanted {wanted:x}, got {got:x}\n{text}");
        }
    }

    private static SeccompProfile Read(string profile)
    {
        using JsonDocument json = JsonDocument.Parse(profile);
        return SeccompJson.Read(json.RootElement, "profile");
    }

    // a call that a rule is about, or is next to one; with arguments at the edges of its conditions
    private static (uint Audit, uint Number, ulong[] Arguments) Call(Random random, JsonObject profile)
    {
        SeccompArchitecture architecture = (SeccompArchitecture)random.Next(3);
        uint audit = architecture == SeccompArchitecture.X86 ? SeccompReference.AuditI386 : SeccompReference.AuditX8664;
        if (random.Next(50) == 0) audit = Pick<uint>(random, [0xC00000B7, 0x40000028, 0, audit ^ 1]); // AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM
        ulong[] arguments = [.. Enumerable.Range(0, 6).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
        uint number = random.Next(12) == 0 ? Pick<uint>(random, [0, 1, 511, 512, 547, 548, 0x3fffffff, 0x40000000, 0x40000200, 0x7fffffff, 0x80000000, 0xffffffff, (uint)random.Next()]) : 0;
        if (profile["syscalls"] is JsonArray { Count: > 0 } rules)
        {
            JsonNode rule = Pick(random, rules)!;
            if (number == 0 && SyscallTable.TryGetNumber(architecture, Pick(random, rule["names"]!.AsArray())!.GetValue<string>(), out uint named))
                number = random.Next(8) switch { 0 => named - 1, 1 => named + 1, 2 => named ^ SeccompReference.X32Bit, _ => named };
            foreach (JsonNode? condition in rule["args"] as JsonArray ?? [])
            {
                ulong value = condition!["value"]!.GetValue<ulong>(), two = condition["valueTwo"]?.GetValue<ulong>() ?? 0;
                bool masked = condition["op"]!.GetValue<string>() == "SCMP_CMP_MASKED_EQ";
                if (random.Next(10) > 0) arguments[condition["index"]!.GetValue<int>()] = Near(random, masked ? two | (~value & (ulong)random.NextInt64()) : value);
            }
        }
        return (audit, number, arguments);
    }
}
