namespace Sampan.Linux.Netlink.Nftables;

/// <summary>A rule as listed: its handle, by which it is deleted, and its comment.</summary>
public sealed record NftRule(ulong Handle, string Comment);
