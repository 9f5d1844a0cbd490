using System.Text.Json.Nodes;
using Sampan.Linux.Seccomp;

namespace Sampan.Tests.Linux.Seccomp;

/// <summary>
/// What a profile says about one call, found by walking its rules as they stand in the JSON, without the product's reader or compiler:
/// runtime-spec config-linux.md "Seccomp", and of docs/decisions/085 what it leaves open.
/// </summary>
internal sealed class SeccompReference(JsonObject profile)
{
    public const uint AuditI386 = 0x40000003;
    public const uint AuditX8664 = 0xC000003E;
    public const uint X32Bit = 0x40000000;

    private const uint EnosysReturned = 0x00050026;
    private const uint KillProcess = 0x80000000;

    /// <summary>The filter's return value.</summary>
    public uint Decide(uint audit, uint number, ulong[] arguments)
    {
        SeccompArchitecture architecture;
        if (audit == AuditX8664)
        {
            if (number >= X32Bit && !Has("SCMP_ARCH_X32")) return EnosysReturned; // a kernel without x32
            architecture = number >= X32Bit ? SeccompArchitecture.X32 : SeccompArchitecture.X8664;
        }
        else if (audit == AuditI386 && Has("SCMP_ARCH_X86"))
        {
            architecture = SeccompArchitecture.X86;
        }
        else
        {
            return KillProcess;
        }

        JsonNode[] all = [.. (profile["syscalls"] as JsonArray ?? [])!];
        JsonNode[] rules = [.. all.Where(rule => Numbers(rule, architecture).Contains(number))];
        if ((rules.FirstOrDefault(rule => Conditions(rule).Length == 0) ?? rules.FirstOrDefault(rule => Holds(rule, arguments))) is { } decides)
            return Return(decides["action"]!.GetValue<string>(), decides["errnoRet"]);
        if (rules.Length > 0) return Default;

        uint[] named = [.. all.SelectMany(rule => Numbers(rule, architecture))];
        bool newer = named.Length > 0 && number > named.Max();
        return newer && profile["defaultAction"]!.GetValue<string>() == "SCMP_ACT_ERRNO" ? EnosysReturned : Default;
    }

    private uint Default => Return(profile["defaultAction"]!.GetValue<string>(), profile["defaultErrnoRet"]);

    private bool Has(string architecture) => profile["architectures"] is JsonArray list && list.Any(one => one!.GetValue<string>() == architecture);

    private static IEnumerable<uint> Numbers(JsonNode rule, SeccompArchitecture architecture)
    {
        foreach (JsonNode? name in rule["names"]!.AsArray())
            if (SyscallTable.TryGetNumber(architecture, name!.GetValue<string>(), out uint number)) yield return number;
    }

    private static JsonNode[] Conditions(JsonNode rule) => [.. (rule["args"] as JsonArray ?? [])!];

    private static bool Holds(JsonNode rule, ulong[] arguments)
    {
        JsonNode[] conditions = Conditions(rule);
        bool alternatives = conditions.GroupBy(c => c["index"]!.GetValue<int>()).Any(same => same.Count() > 1);
        return alternatives ? conditions.Any(One) : conditions.All(One);

        bool One(JsonNode c)
        {
            ulong argument = arguments[c["index"]!.GetValue<int>()], value = c["value"]!.GetValue<ulong>(), two = c["valueTwo"]?.GetValue<ulong>() ?? 0;
            return c["op"]!.GetValue<string>() switch
            {
                "SCMP_CMP_NE" => argument != value,
                "SCMP_CMP_LT" => argument < value,
                "SCMP_CMP_LE" => argument <= value,
                "SCMP_CMP_EQ" => argument == value,
                "SCMP_CMP_GE" => argument >= value,
                "SCMP_CMP_GT" => argument > value,
                "SCMP_CMP_MASKED_EQ" => (argument & value) == two,
                string other => throw new InvalidOperationException(other),
            };
        }
    }

    private static uint Return(string action, JsonNode? errno) => action switch
    {
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => 0,
        "SCMP_ACT_KILL_PROCESS" => KillProcess,
        "SCMP_ACT_TRAP" => 0x00030000,
        "SCMP_ACT_ERRNO" => 0x00050000 | (errno?.GetValue<uint>() ?? 1), // EPERM
        "SCMP_ACT_TRACE" => 0x7ff00000 | (errno?.GetValue<uint>() ?? 1),
        "SCMP_ACT_LOG" => 0x7ffc0000,
        "SCMP_ACT_ALLOW" => 0x7fff0000,
        _ => throw new InvalidOperationException(action),
    };
}
