namespace Sampan.Linux.Netlink.Route;

/// <summary>Begins messages about addresses, rtnetlink(7).</summary>
[C("struct ifaddrmsg")]
internal struct AddressHeader
{
    [C("ifa_family")] public byte Family;
    [C("ifa_prefixlen")] public byte PrefixLength;
    [C("ifa_flags")] public byte Flags;
    [C("ifa_scope")] public byte Scope;
    [C("ifa_index")] public int LinkIndex;
}
