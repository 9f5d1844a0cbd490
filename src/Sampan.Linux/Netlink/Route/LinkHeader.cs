namespace Sampan.Linux.Netlink.Route;

/// <summary>Begins messages about links, rtnetlink(7).</summary>
[C("struct ifinfomsg")]
internal struct LinkHeader
{
    [C("ifi_family")] public byte Family;
    [C("ifi_type")] public ushort Type;

    /// <summary>0 where the message has the name.</summary>
    [C("ifi_index")] public int Index;
    [C("ifi_flags")] public uint Flags;

    /// <summary>Which of the flags are to be set or cleared.</summary>
    [C("ifi_change")] public uint Change;
}
