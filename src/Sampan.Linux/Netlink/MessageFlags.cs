namespace Sampan.Linux.Netlink;

/// <summary>NLM_F_*, linux/netlink.h. Replace and Create belong to NEW requests, Dump to GET requests.</summary>
[Flags]
public enum MessageFlags
{
    None = 0,
    [C("NLM_F_REQUEST")] Request = 0x1,
    [C("NLM_F_MULTI")] Multi = 0x2,
    [C("NLM_F_ACK")] Acknowledge = 0x4,
    [C("NLM_F_REPLACE")] Replace = 0x100,
    [C("NLM_F_DUMP")] Dump = 0x300,
    [C("NLM_F_EXCL")] Exclusive = 0x200,
    [C("NLM_F_CREATE")] Create = 0x400,
    [C("NLM_F_APPEND")] Append = 0x800,
}
