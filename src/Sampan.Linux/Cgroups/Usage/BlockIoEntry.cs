namespace Sampan.Linux.Cgroups.Usage;

/// <summary>One number of one block device.</summary>
/// <param name="Operation"><c>Read</c>, <c>Write</c>, <c>Sync</c>, <c>Async</c>, <c>Discard</c> or <c>Total</c>.</param>
public sealed record BlockIoEntry(ulong Major, ulong Minor, string Operation, ulong Value);
