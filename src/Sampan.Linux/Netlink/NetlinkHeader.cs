namespace Sampan.Linux.Netlink;

/// <summary>What every message begins with, netlink(7).</summary>
[C("struct nlmsghdr")]
internal struct NetlinkHeader
{
    /// <summary>With this header.</summary>
    [C("nlmsg_len")] public int Length;
    [C("nlmsg_type")] public ushort Type;
    [C("nlmsg_flags")] public ushort Flags;

    /// <summary>The answer has the number of the request.</summary>
    [C("nlmsg_seq")] public int Sequence;
    [C("nlmsg_pid")] public uint Port;
}
