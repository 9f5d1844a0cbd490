namespace Sampan.Linux.Netlink;

/// <summary>What every attribute of a message begins with.</summary>
[C("struct nlattr")]
internal struct AttributeHeader
{
    /// <summary>Of header and value, in bytes.</summary>
    [C("sizeof(struct nlattr)")] public const int Size = 4;

    /// <summary>The kind's bits; the other two say "nested" and "network order".</summary>
    [C("(unsigned short)NLA_TYPE_MASK")] public const int KindMask = 0x3fff;

    /// <summary>With this header.</summary>
    [C("nla_len")] public ushort Length;
    [C("nla_type")] public ushort Kind;
}
