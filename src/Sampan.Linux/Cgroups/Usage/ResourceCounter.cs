namespace Sampan.Linux.Cgroups.Usage;

/// <summary>A counted resource in bytes.</summary>
/// <param name="LimitBytes">The highest number where there is none.</param>
/// <param name="MaxUsageBytes">The most that was ever in use; 0 where the kernel does not keep it.</param>
/// <param name="FailCount">How often the limit was hit.</param>
public sealed record ResourceCounter(ulong UsageBytes, ulong LimitBytes, ulong MaxUsageBytes, ulong FailCount);
