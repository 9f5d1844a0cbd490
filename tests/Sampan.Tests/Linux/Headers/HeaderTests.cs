using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Sampan.Engine.Security;
using Sampan.Linux;
using Sampan.Linux.Events;
using Sampan.Linux.Seccomp;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Linux.Headers;

/// <summary>Numbers and layouts, compared with the C headers by a C compiler.</summary>
public sealed partial class HeaderTests(ITestOutputHelper output)
{
    private static readonly Assembly s_linux = typeof(SyscallNumber).Assembly;

    [Fact]
    public void Every_number_and_layout_is_what_the_headers_say()
    {
        SkipWithoutHeaders();
        List<Assertion> assertions = [.. Bindings.Of(s_linux), .. Bindings.Of(typeof(DefaultSeccomp).Assembly), .. Signals(), .. Limits(), .. Buffers()];
        output.WriteLine($"{assertions.Count} assertions");
        Assert.InRange(assertions.Count, 700, int.MaxValue);
        AssertSilent(CCompiler.Check(Source(assertions)));
    }

    [Fact]
    public void Every_number_and_struct_has_its_name_in_C_or_a_reason()
    {
        string[] unnamed = [.. Bindings.Unnamed(s_linux).Order(StringComparer.Ordinal)];
        Assert.True(unnamed.All(OwnNumbers.Reasons.ContainsKey),
            "give each the C name by [C(\"...\")], or a reason in OwnNumbers.cs: " + string.Join(", ", unnamed.Where(name => !OwnNumbers.Reasons.ContainsKey(name))));
        Assert.Empty(OwnNumbers.Reasons.Keys.Except(unnamed));
    }

    [Fact]
    public void A_wrong_number_is_found()
    {
        SkipWithoutHeaders();
        Assertion[] wrong = [.. Bindings.Of(s_linux).Select(right => right with { Declared = $"({right.Declared} + 1)" })];
        string said = CCompiler.Check(Source(wrong));
        Assert.Equal(wrong.Length, said.Split("static assertion failed").Length - 1);
    }

    /// <summary>Calls that are newer than the headers can not be compared; they are counted, and no other call may have their number.</summary>
    [Theory]
    [InlineData(SeccompArchitecture.X8664)]
    [InlineData(SeccompArchitecture.X86, "-D__i386__")]
    [InlineData(SeccompArchitecture.X32, "-D__ILP32__")]
    public void System_calls_have_the_headers_numbers_and_none_is_missing(SeccompArchitecture architecture, params string[] options)
    {
        SkipWithoutHeaders();
        string include = "#include <asm/unistd.h>\n";
        HashSet<string> inHeaders = [.. SystemCallMacro().Matches(CCompiler.Macros(include, options)).Select(match => match.Groups[1].Value)];
        Dictionary<string, uint> here = TableOf(architecture);
        Assert.Empty(inHeaders.Except(here.Keys));

        uint x32 = architecture == SeccompArchitecture.X32 ? SyscallTable.X32Bit : 0;
        string source = include + string.Concat(here.Where(call => inHeaders.Contains(call.Key))
            .Select(call => new Assertion(call.Key, $"(__NR_{call.Key})", $"{call.Value + x32}U") + "\n"));
        AssertSilent(CCompiler.Check(source, options));

        string[] newer = [.. here.Keys.Except(inHeaders)];
        Assert.Empty(here.GroupBy(call => call.Value).Where(calls => calls.Count() > 1).Select(calls => string.Join(" and ", calls)));
        output.WriteLine($"{here.Count - newer.Length} compared, {newer.Length} newer than the headers: {string.Join(' ', newer)}");
    }

    private static void SkipWithoutHeaders()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the bindings are those of x86-64");
        Assert.SkipUnless(File.Exists(CCompiler.Program) && File.Exists("/usr/include/linux/mount.h"), "gcc or the C headers are not installed");
    }

    private static void AssertSilent(string said) => Assert.True(said.Length == 0, said);

    private static string Source(IEnumerable<Assertion> assertions) => CCompiler.Includes + string.Join('\n', assertions) + "\n";

    private static IEnumerable<Assertion> Signals() => Enumerable.Range(1, 31)
        .Select(number => new Assertion($"signal {number}", $"({SignalNumber.Name(number)})", $"{number}"));

    private static IEnumerable<Assertion> Limits() => ResourceLimit.Names.Select((name, number) => new Assertion(name, $"({name})", $"{number}"));

    private static IEnumerable<Assertion> Buffers()
    {
        object room = typeof(Sampan.Linux.Processes.Spawn).GetField("OpaqueBytes", BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;
        foreach (string type in (string[])["posix_spawn_file_actions_t", "posix_spawnattr_t"])
            yield return new("Spawn.OpaqueBytes", $"(sizeof({type}) <= {room})", "1");
    }

    private static Dictionary<string, uint> TableOf(SeccompArchitecture architecture)
    {
        ReadOnlySpan<byte> table = architecture switch
        {
            SeccompArchitecture.X8664 => SyscallNames.X8664,
            SeccompArchitecture.X86 => SyscallNames.I386,
            _ => SyscallNames.X32,
        };
        return Encoding.ASCII.GetString(table).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('='))
            .ToDictionary(entry => entry[0], entry => uint.Parse(entry[1], null));
    }

    [GeneratedRegex("^#define __NR_(\\w+) ", RegexOptions.Multiline)]
    private static partial Regex SystemCallMacro();
}
