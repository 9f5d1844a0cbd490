namespace Sampan.Linux.Netlink.Nftables;

/// <summary>Where in a packet's way a base chain stands, NF_INET_*.</summary>
public enum NftHook
{
    Prerouting = 0,
    Input = 1,
    Forward = 2,
    Output = 3,
    Postrouting = 4,
}
