namespace Sampan.Linux.Netlink;

/// <summary>Netlink families, netlink(7).</summary>
public enum NetlinkProtocol
{
    /// <summary>Links, addresses and routes, rtnetlink(7).</summary>
    [C("NETLINK_ROUTE")] Route = 0,

    /// <summary>Netfilter, among it nf_tables.</summary>
    [C("NETLINK_NETFILTER")] Netfilter = 12,
}
