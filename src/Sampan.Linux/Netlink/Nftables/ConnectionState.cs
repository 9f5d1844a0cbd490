namespace Sampan.Linux.Netlink.Nftables;

/// <summary>Bits of <c>ct state</c>.</summary>
[Flags]
public enum ConnectionState
{
    [C("NF_CT_STATE_INVALID_BIT")] Invalid = 1,
    [C("NF_CT_STATE_BIT(IP_CT_ESTABLISHED)")] Established = 2,
    [C("NF_CT_STATE_BIT(IP_CT_RELATED)")] Related = 4,
    [C("NF_CT_STATE_BIT(IP_CT_NEW)")] New = 8,
}
