namespace Sampan.Linux.Netlink.Nftables;

/// <summary>Address families of nf_tables; Inet tables see IPv4 and IPv6.</summary>
public enum NftFamily
{
    Inet = 1,
    Ip = 2,
    Ip6 = 10,
}
