namespace Sampan.Linux.Netlink.Nftables;

/// <summary>A named map whose keys and values are concatenations; lengths are in bytes, each part padded to 4.
/// The types are nft(8)'s numbers of the parts, six bits each, by which <c>nft list</c> prints the elements.</summary>
public sealed record NftMap(string Name, uint KeyType, int KeyLength, uint DataType, int DataLength)
{
    /// <summary>nft's type numbers: ipv4_addr, ipv6_addr, inet_proto, inet_service.</summary>
    public const uint Ipv4 = 7, Ipv6 = 8, Protocol = 12, Service = 13;

    public static uint Concatenate(params ReadOnlySpan<uint> types)
    {
        uint result = 0;
        foreach (uint type in types) result = (result << 6) | type;
        return result;
    }
}
