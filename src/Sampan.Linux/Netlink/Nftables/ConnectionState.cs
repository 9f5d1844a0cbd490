namespace Sampan.Linux.Netlink.Nftables;

/// <summary>Bits of <c>ct state</c>.</summary>
[Flags]
public enum ConnectionState
{
    Invalid = 1,
    Established = 2,
    Related = 4,
    New = 8,
}
