using System.Text.Json;
using Sampan.Engine.Security;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Errors;
using Sampan.Linux.Seccomp;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Linux.Seccomp;

public sealed class SeccompCompilerTests
{
    private const uint I386 = 0x40000003;
    private const uint X8664 = 0xC000003E;
    private const uint Allow = 0x7fff0000;
    private const uint Eperm = 0x00050001;
    private const uint Enosys = 0x00050026;

    private static readonly string[] s_names = ["read", "write", "open", "socket", "clone", "mount", "ioctl", "waitpid", "openat2", "execve", "uname"];
    private static readonly ulong[] s_values = [0, 1, 2, 0xffffffff, 0x100000000, 0x100000001, ulong.MaxValue, 0x7E020000, 16];

    [Fact]
    public void Filters_decide_as_the_rules_say_for_random_profiles()
    {
        Random random = new(20240607);
        for (int round = 0; round < 400; round++)
        {
            SeccompProfile profile = RandomProfile(random);
            BpfInstruction[] program = SeccompCompiler.Compile(profile);
            for (int call = 0; call < 60; call++)
            {
                SeccompArchitecture architecture = (SeccompArchitecture)random.Next(3);
                if (!SyscallTable.TryGetNumber(architecture, s_names[random.Next(s_names.Length)], out uint number)) continue;
                if (call % 7 == 0) number++;
                ulong[] arguments = [.. Enumerable.Range(0, 6).Select(_ => Pick(random, s_values))];
                uint actual = BpfInterpreter.Run(program, architecture == SeccompArchitecture.X86 ? I386 : X8664, number, arguments);
                Assert.Equal(Expected(profile, architecture, number, arguments), actual);
            }
        }
    }

    [Theory]
    [InlineData("read", "", Allow)]
    [InlineData("mount", "", Eperm)]
    [InlineData("keyctl", "", Eperm)]
    [InlineData("io_uring_setup", "", Eperm)]
    [InlineData("userfaultfd", "", Eperm)]
    [InlineData("clone3", "", Enosys)]
    [InlineData("mount", "SYS_ADMIN", Allow)]
    [InlineData("clone3", "SYS_ADMIN", Allow)]
    public void The_default_profile_follows_the_capabilities(string name, string capability, uint expected)
        => Assert.Equal(expected, Default(capability, name));

    [Theory]
    [InlineData("socket", 2UL, Allow)]
    [InlineData("socket", 38UL, Eperm)]
    [InlineData("socket", 40UL, Eperm)]
    [InlineData("socket", 0x1_0000_0026UL, Eperm)]
    [InlineData("clone", 17UL, Allow)]
    [InlineData("clone", 0x10000011UL, Eperm)]
    [InlineData("personality", 0xffffffffUL, Allow)]
    [InlineData("personality", 0x40000UL, Eperm)]
    public void The_default_profile_looks_at_first_arguments(string name, ulong argument, uint expected)
        => Assert.Equal(expected, Default("", name, argument));

    [Theory]
    [InlineData(0x5401UL, Allow)]
    [InlineData(0x5412UL, Eperm)]
    [InlineData(0x1_0000_5412UL, Eperm)]
    [InlineData(0x541CUL, Eperm)]
    public void Input_can_not_be_faked_into_a_terminal(ulong request, uint expected)
        => Assert.Equal(expected, Default("", "ioctl", 0, request));

    [Fact]
    public void Calls_newer_than_the_profile_are_missing_not_forbidden()
        => Assert.Equal(Enosys, BpfInterpreter.Run(SeccompCompiler.Compile(DefaultSeccomp.For(CapabilitySet.Default)), X8664, 999, new ulong[6]));

    [Fact]
    public void Docker_and_oci_json_are_read()
    {
        using JsonDocument json = JsonDocument.Parse("""
            {"defaultAction":"SCMP_ACT_ERRNO","archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]}],
             "syscalls":[{"names":["mount"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}},
              {"names":["read"],"action":"SCMP_ACT_ERRNO","errnoRet":5,"args":[{"index":1,"value":3,"op":"SCMP_CMP_EQ"}],"excludes":{"caps":["CAP_SYS_ADMIN"]}}]}
            """);

        Assert.Equal("read", Assert.Single(SeccompJson.Read(json.RootElement, "x").Rules).Names[0]);
        Assert.Equal("mount", Assert.Single(SeccompJson.Read(json.RootElement, "x", CapabilitySet.Parse("SYS_ADMIN")).Rules).Names[0]);
        Assert.Contains(SeccompArchitecture.X86, SeccompJson.Read(json.RootElement, "x").Architectures);
    }

    private static uint Default(string capability, string name, params ulong[] arguments)
    {
        CapabilitySet set = capability.Length == 0 ? CapabilitySet.Default : CapabilitySet.Parse(capability);
        Assert.True(SyscallTable.TryGetNumber(SeccompArchitecture.X8664, name, out uint number));
        Array.Resize(ref arguments, 6);
        return BpfInterpreter.Run(SeccompCompiler.Compile(DefaultSeccomp.For(set)), X8664, number, arguments);
    }

    private static SeccompProfile RandomProfile(Random random)
    {
        List<SeccompRule> rules = [];
        for (int i = random.Next(12); i >= 0; i--)
        {
            List<SeccompCondition> conditions = [];
            for (int c = random.Next(4); c > 0; c--)
                conditions.Add(new((uint)random.Next(6), Pick(random, s_values), Pick(random, s_values), (SeccompOperator)random.Next(1, 8)));
            SeccompAction action = Pick(random, [SeccompAction.Allow, SeccompAction.Errno, SeccompAction.Log, SeccompAction.KillProcess]);
            rules.Add(new([Pick(random, s_names), "no_such_call"], action, (uint)random.Next(100), conditions));
        }

        return new(SeccompAction.Trap, Errno.EPERM, [SeccompArchitecture.X86, SeccompArchitecture.X32], SeccompFlags.None, rules);
    }

    private static uint Expected(SeccompProfile profile, SeccompArchitecture architecture, uint number, ulong[] arguments)
    {
        SeccompRule[] rules = [.. profile.Rules.Where(r => r.Names.Any(n => SyscallTable.TryGetNumber(architecture, n, out uint m) && m == number))];
        SeccompRule? rule = rules.FirstOrDefault(r => r.Conditions.Count == 0) ?? rules.FirstOrDefault(r => Holds(r, arguments));
        if (rule is null) return (uint)profile.DefaultAction;
        return (uint)rule.Action | (rule.Action == SeccompAction.Errno ? rule.ErrnoReturn!.Value : 0);
    }

    private static bool Holds(SeccompRule rule, ulong[] arguments)
    {
        bool alternatives = rule.Conditions.Select(c => c.Index).Distinct().Count() < rule.Conditions.Count;
        bool One(SeccompCondition c) => c.Op switch
        {
            SeccompOperator.NotEqual => arguments[c.Index] != c.Value,
            SeccompOperator.LessThan => arguments[c.Index] < c.Value,
            SeccompOperator.LessOrEqual => arguments[c.Index] <= c.Value,
            SeccompOperator.Equal => arguments[c.Index] == c.Value,
            SeccompOperator.GreaterOrEqual => arguments[c.Index] >= c.Value,
            SeccompOperator.GreaterThan => arguments[c.Index] > c.Value,
            _ => (arguments[c.Index] & c.Value) == c.ValueTwo,
        };
        return alternatives ? rule.Conditions.Any(One) : rule.Conditions.All(One);
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
