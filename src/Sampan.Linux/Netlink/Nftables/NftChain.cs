namespace Sampan.Linux.Netlink.Nftables;

/// <summary>A base chain as listed.</summary>
/// <param name="Family">Of its table; not only those of <see cref="NftFamily"/> exist.</param>
/// <param name="DropsByPolicy">It drops what none of its rules accepts.</param>
public sealed record NftChain(NftFamily Family, string Table, string Name, NftHook Hook, bool DropsByPolicy);
