namespace Sampan.Linux.Netlink;

/// <summary>NLM_F_*, linux/netlink.h. Replace and Create belong to NEW requests, Dump to GET requests.</summary>
[Flags]
public enum MessageFlags
{
    None = 0,
    Request = 0x1,
    Multi = 0x2,
    Acknowledge = 0x4,
    Replace = 0x100,
    Dump = 0x300,
    Exclusive = 0x200,
    Create = 0x400,
    Append = 0x800,
}
