namespace Sampan.Linux.Netlink.Nftables;

/// <summary>Where in a packet's way a base chain stands, NF_INET_*.</summary>
public enum NftHook
{
    [C("NF_INET_PRE_ROUTING")] Prerouting = 0,
    [C("NF_INET_LOCAL_IN")] Input = 1,
    [C("NF_INET_FORWARD")] Forward = 2,
    [C("NF_INET_LOCAL_OUT")] Output = 3,
    [C("NF_INET_POST_ROUTING")] Postrouting = 4,
}
