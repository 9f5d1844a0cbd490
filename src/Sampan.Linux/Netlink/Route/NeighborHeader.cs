namespace Sampan.Linux.Netlink.Route;

/// <summary>Begins messages about neighbors, rtnetlink(7).</summary>
[C("struct ndmsg")]
internal struct NeighborHeader
{
    [C("ndm_family")] public byte Family;
    [C("ndm_pad1")] public byte Padding1;
    [C("ndm_pad2")] public ushort Padding2;
    [C("ndm_ifindex")] public int LinkIndex;
    [C("ndm_state")] public ushort State;
    [C("ndm_flags")] public byte Flags;
    [C("ndm_type")] public byte Type;
}
