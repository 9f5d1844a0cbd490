namespace Sampan.Linux.Netlink.Nftables;

/// <summary>Address families of nf_tables; Inet tables see IPv4 and IPv6.</summary>
public enum NftFamily
{
    [C("NFPROTO_INET")] Inet = 1,
    [C("NFPROTO_IPV4")] Ip = 2,
    [C("NFPROTO_IPV6")] Ip6 = 10,
}
