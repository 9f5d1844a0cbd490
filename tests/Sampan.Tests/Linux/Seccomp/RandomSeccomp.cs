using System.Text.Json.Nodes;

namespace Sampan.Tests.Linux.Seccomp;

/// <summary>OCI profiles by chance: with rules that are alike, that contradict each other, and values that differ in one bit or one.</summary>
internal static class RandomSeccomp
{
    private static readonly string[] s_actions =
        ["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP"];

    private static readonly string[] s_operators =
        ["SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"];

    private static readonly string[] s_architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64"];

    private static readonly string[] s_flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"];

    private static readonly ulong[] s_values =
        [0, 1, 2, 3, 15, 16, 0x7fffffff, 0x80000000, 0xffffffff, 0x1_0000_0000, 0x1_0000_0001, 0x7fffffff_ffffffff, 0x80000000_00000000, ulong.MaxValue - 1, ulong.MaxValue];

    /// <summary>Names of all three architectures; a profile takes from a part of them, so that its rules meet.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "read", "write", "open", "close", "stat", "socket", "socketcall", "clone", "clone3", "mount", "ioctl", "waitpid", "openat2", "execve", "uname", "restart_syscall",
        "exit", "fork", "ptrace", "rt_sigaction", "preadv2", "futex_time64", "mmap2", "io_uring_setup", "personality", "keyctl", "fcntl64", "cachestat", "no_such_call",
        "getpid", "getuid", "getuid32", "pwritev2", "readv", "kexec_load", "move_pages", "set_robust_list", "vmsplice", "waitid", "time", "select", "_newselect", "statx",
    ];

    public static JsonObject Profile(Random random)
    {
        string[] names = [.. Names];
        random.Shuffle(names);
        int distinct = random.Next(4) == 0 ? names.Length : random.Next(1, 5);
        JsonArray rules = [];
        for (int i = random.Next(random.Next(20) == 0 ? 120 : 9); i > 0; i--) rules.Add(Rule(random, names[..distinct]));
        if (rules.Count > 0 && random.Next(3) == 0) rules.Insert(random.Next(rules.Count), rules[random.Next(rules.Count)]!.DeepClone()); // the same again
        JsonObject profile = new() { ["defaultAction"] = Pick(random, s_actions), ["syscalls"] = rules };
        if (random.Next(2) == 0) profile["defaultErrnoRet"] = random.Next(4096);
        if (random.Next(5) > 0) profile["architectures"] = Some(random, s_architectures);
        if (random.Next(2) == 0) profile["flags"] = Some(random, s_flags);
        return profile;
    }

    /// <summary>A value at, or next to, what a comparison is made with.</summary>
    public static ulong Near(Random random, ulong value) => random.Next(7) switch
    {
        0 => value - 1,
        1 => value + 1,
        2 => value ^ (1UL << random.Next(64)),
        3 => value ^ (ulong)random.NextInt64() << 32,
        4 => Pick(random, s_values),
        _ => value,
    };

    public static T Pick<T>(Random random, IList<T> from) => from[random.Next(from.Count)];

    private static JsonObject Rule(Random random, string[] names)
    {
        JsonArray conditions = [];
        for (int i = random.Next(2) * random.Next(5); i > 0; i--)
        {
            JsonObject condition = new() { ["index"] = random.Next(random.Next(3) == 0 ? 6 : 2), ["value"] = Near(random, Pick(random, s_values)), ["op"] = Pick(random, s_operators) };
            if (random.Next(3) > 0) condition["valueTwo"] = random.Next(2) == 0 ? condition["value"]!.GetValue<ulong>() & Pick(random, s_values) : Pick(random, s_values);
            conditions.Add(condition);
        }
        string action = Pick(random, s_actions);
        JsonObject rule = new() { ["names"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)Pick(random, names))]), ["action"] = action };
        if (conditions.Count > 0 || random.Next(2) == 0) rule["args"] = conditions;
        if (action is "SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE" && random.Next(3) > 0) rule["errnoRet"] = random.Next(4096);
        return rule;
    }

    private static JsonArray Some(Random random, string[] from) => [.. from.Where(_ => random.Next(2) == 0).Select(one => (JsonNode)one)];
}
