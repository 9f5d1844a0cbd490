namespace Sampan.Linux.Netlink;

/// <summary>Netlink families, netlink(7).</summary>
public enum NetlinkProtocol
{
    /// <summary>Links, addresses and routes, rtnetlink(7).</summary>
    Route = 0,

    /// <summary>Netfilter, among it nf_tables.</summary>
    Netfilter = 12,
}
