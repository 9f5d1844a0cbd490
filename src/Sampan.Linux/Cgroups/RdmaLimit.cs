namespace Sampan.Linux.Cgroups;

/// <summary>How many handles and objects of an RDMA device may be used; null is no limit.</summary>
public sealed record RdmaLimit(uint? Handles, uint? Objects);
