namespace Sampan.Linux.Netlink.Route;

/// <summary>Begins messages about routes, rtnetlink(7).</summary>
[C("struct rtmsg")]
internal struct RouteHeader
{
    [C("rtm_family")] public byte Family;
    [C("rtm_dst_len")] public byte DestinationLength;
    [C("rtm_src_len")] public byte SourceLength;
    [C("rtm_tos")] public byte ServiceType;
    [C("rtm_table")] public byte Table;

    /// <summary>Who made it.</summary>
    [C("rtm_protocol")] public byte Origin;
    [C("rtm_scope")] public byte Scope;
    [C("rtm_type")] public byte Type;
    [C("rtm_flags")] public uint Flags;
}
