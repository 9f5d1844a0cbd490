namespace Sampan.Linux.Cgroups;

/// <summary>How much of a block device may be used in a second; 0 is no limit.</summary>
public sealed record ThrottledDevice(ThrottleKind Kind, uint Major, uint Minor, ulong Rate);
