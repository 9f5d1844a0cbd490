namespace Sampan.Linux.Seccomp;

/// <summary>The names that OCI configurations use for actions, operators, architectures and flags.</summary>
public static class SeccompNames
{
    public static IReadOnlyList<string> Actions { get; } =
    [
        "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
        "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",
    ];

    public static IReadOnlyList<string> Operators { get; } =
        ["SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"];

    public static IReadOnlyList<string> Flags { get; } =
        ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"];

    /// <exception cref="FormatException">Unknown, as for all of these.</exception>
    public static SeccompAction Action(string name) => name switch
    {
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompAction.KillThread,
        "SCMP_ACT_KILL_PROCESS" => SeccompAction.KillProcess,
        "SCMP_ACT_TRAP" => SeccompAction.Trap,
        "SCMP_ACT_ERRNO" => SeccompAction.Errno,
        "SCMP_ACT_TRACE" => SeccompAction.Trace,
        "SCMP_ACT_ALLOW" => SeccompAction.Allow,
        "SCMP_ACT_LOG" => SeccompAction.Log,
        "SCMP_ACT_NOTIFY" => SeccompAction.Notify,
        _ => throw new FormatException($"unknown seccomp action \"{name}\""),
    };

    public static SeccompOperator Operator(string name) => name switch
    {
        "SCMP_CMP_NE" => SeccompOperator.NotEqual,
        "SCMP_CMP_LT" => SeccompOperator.LessThan,
        "SCMP_CMP_LE" => SeccompOperator.LessOrEqual,
        "SCMP_CMP_EQ" => SeccompOperator.Equal,
        "SCMP_CMP_GE" => SeccompOperator.GreaterOrEqual,
        "SCMP_CMP_GT" => SeccompOperator.GreaterThan,
        "SCMP_CMP_MASKED_EQ" => SeccompOperator.MaskedEqual,
        _ => throw new FormatException($"unknown seccomp operator \"{name}\""),
    };

    /// <summary>Foreign architectures of the specification are <see cref="SeccompArchitecture.Other"/>.</summary>
    public static SeccompArchitecture Architecture(string name) => name switch
    {
        "SCMP_ARCH_X86" => SeccompArchitecture.X86,
        "SCMP_ARCH_X86_64" => SeccompArchitecture.X8664,
        "SCMP_ARCH_X32" => SeccompArchitecture.X32,
        _ when name.StartsWith("SCMP_ARCH_", StringComparison.Ordinal) => SeccompArchitecture.Other,
        _ => throw new FormatException($"unknown seccomp architecture \"{name}\""),
    };

    public static SeccompFlags Flag(string name) => name switch
    {
        "SECCOMP_FILTER_FLAG_TSYNC" => SeccompFlags.ThreadSync,
        "SECCOMP_FILTER_FLAG_LOG" => SeccompFlags.Log,
        "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => SeccompFlags.SpeculationAllow,
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => SeccompFlags.WaitKillable,
        _ => throw new FormatException($"unknown seccomp flag \"{name}\""),
    };
}
