namespace Sampan.Linux.Netlink.Route;

/// <summary>Numbers of linux/rtnetlink.h and what belongs to it, under their own names.</summary>
internal static class RtNetlink
{
    public const int RTM_NEWLINK = 16;
    public const int RTM_DELLINK = 17;
    public const int RTM_GETLINK = 18;
    public const int RTM_NEWADDR = 20;
    public const int RTM_GETADDR = 22;
    public const int RTM_NEWROUTE = 24;
    public const int RTM_GETROUTE = 26;
    public const int RTM_NEWNEIGH = 28;

    public const uint IFF_UP = 1;

    public const int IFLA_ADDRESS = 1;
    public const int IFLA_IFNAME = 3;
    public const int IFLA_MASTER = 10;
    public const int IFLA_LINKINFO = 18;
    public const int IFLA_NET_NS_FD = 28;

    public const int IFLA_INFO_KIND = 1;
    public const int IFLA_INFO_DATA = 2;
    public const int IFLA_INFO_SLAVE_KIND = 4;
    public const int IFLA_INFO_SLAVE_DATA = 5;

    public const int IFLA_BRPORT_MODE = 4;

    public const int VETH_INFO_PEER = 1;

    public const int IFA_ADDRESS = 1;
    public const int IFA_LOCAL = 2;
    public const int IFA_BROADCAST = 4;
    public const int IFA_FLAGS = 8;
    public const byte IFA_F_NODAD = 0x02;
    public const uint IFA_F_PERMANENT = 0x80;

    public const int RTA_DST = 1;
    public const int RTA_OIF = 4;
    public const int RTA_GATEWAY = 5;

    public const int NDA_DST = 1;
    public const int NDA_LLADDR = 2;
    public const ushort NUD_REACHABLE = 0x02;

    public const byte RT_TABLE_MAIN = 254;
    public const byte RT_SCOPE_UNIVERSE = 0;
    public const byte RTPROT_BOOT = 3;
    public const byte RTN_UNICAST = 1;
    public const byte RTN_LOCAL = 2;
}
