namespace Sampan.Runtime.Spec;

/// <summary>Arguments of sched_setattr(2); runtime-spec config.md "scheduler".</summary>
/// <param name="Policy">A <c>SCHED_*</c> number.</param>
/// <param name="Flags"><c>SCHED_FLAG_*</c>.</param>
/// <param name="RuntimeNs">For deadline scheduling, as the two that follow.</param>
public sealed record SchedulerSpec(
    string Name, uint Policy, int Nice, uint Priority, ulong Flags, ulong RuntimeNs, ulong DeadlineNs, ulong PeriodNs);
