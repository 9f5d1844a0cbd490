using System.Text.Json;
using Sampan.Engine.Security;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Errors;
using Sampan.Linux.Seccomp;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Linux.Seccomp;

public sealed class SeccompCompilerTests
{
    private const uint X8664 = 0xC000003E;
    private const uint Allow = 0x7fff0000;
    private const uint Eperm = 0x00050001;
    private const uint Enosys = 0x00050026;

    [Theory]
    [InlineData("read", "", Allow)]
    [InlineData("mount", "", Eperm)]
    [InlineData("keyctl", "", Eperm)]
    [InlineData("io_uring_setup", "", Eperm)]
    [InlineData("userfaultfd", "", Eperm)]
    [InlineData("clone3", "", Enosys)]
    [InlineData("uretprobe", "", Allow)]
    [InlineData("uprobe", "", Allow)]
    [InlineData("rseq_slice_yield", "", Allow)]
    [InlineData("listns", "", Eperm)]
    [InlineData("listns", "SYS_ADMIN", Allow)]
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
    public void A_rule_that_names_no_error_returns_EPERM_whatever_the_default_error_is()
    {
        SeccompProfile profile = new(SeccompAction.Errno, Errno.ENOSYS, [], SeccompFlags.None, [new(["mkdir"], SeccompAction.Errno, null, [])]);
        BpfInstruction[] program = SeccompCompiler.Compile(profile);
        Assert.Equal((Eperm, Enosys), (BpfInterpreter.Run(program, X8664, 83, new ulong[6]), BpfInterpreter.Run(program, X8664, 82, new ulong[6])));
    }

    [Fact]
    public void A_program_that_the_kernel_would_not_take_is_refused()
    {
        SeccompRule rule = new(["mkdir"], SeccompAction.Allow, null, [new(0, 7, 0, SeccompOperator.Equal)]);
        SeccompProfile profile = new(SeccompAction.Errno, Errno.EPERM, [], SeccompFlags.None, [.. Enumerable.Repeat(rule, 1000)]);
        Assert.Contains("4096", Assert.Throws<FormatException>(() => SeccompCompiler.Compile(profile)).Message, StringComparison.Ordinal);
    }

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
}
