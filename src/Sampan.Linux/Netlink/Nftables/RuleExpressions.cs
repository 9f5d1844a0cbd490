using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Netlink.Route;
using static Sampan.Linux.Netlink.Nftables.NfTables;

namespace Sampan.Linux.Netlink.Nftables;

/// <summary>
/// The expressions of one rule, in the order the kernel evaluates them: each loads a register, compares it, or acts. A
/// comparison that does not hold ends the rule. Registers 8 to 23 are words of 4 bytes, NFT_REG32_*.
/// </summary>
public sealed class RuleExpressions
{
    // the words that the kernel's structs of packet headers have their addresses and ports at
    [C("offsetof(struct iphdr, saddr)")] private const uint Ipv4Source = 12;
    [C("offsetof(struct iphdr, daddr)")] private const uint Ipv4Destination = 16;
    [C("offsetof(struct ipv6hdr, saddr)")] private const uint Ipv6Source = 8;
    [C("offsetof(struct ipv6hdr, daddr)")] private const uint Ipv6Destination = 24;
    [C("offsetof(struct udphdr, dest)")] private const uint DestinationPort = 2;
    [C("IFNAMSIZ")] private const int NameSize = 16;

    private readonly MessageWriter _writer;

    internal RuleExpressions(MessageWriter writer) => _writer = writer;

    /// <summary><c>meta nfproto ipv4|ipv6</c>.</summary>
    public RuleExpressions Family(AddressFamily family)
    {
        Load("meta", NFTA_META_KEY, NFT_META_NFPROTO, NFTA_META_DREG);
        return Compare(NFT_CMP_EQ, [(byte)(family == AddressFamily.InterNetwork ? NftFamily.Ip : NftFamily.Ip6)]);
    }

    /// <summary><c>iifname "NAME"</c>.</summary>
    public RuleExpressions From(string link) => Interface(NFT_META_IIFNAME, NFT_CMP_EQ, link);

    /// <summary><c>iifname != "NAME"</c>.</summary>
    public RuleExpressions NotFrom(string link) => Interface(NFT_META_IIFNAME, NFT_CMP_NEQ, link);

    /// <summary><c>oifname "NAME"</c>.</summary>
    public RuleExpressions To(string link) => Interface(NFT_META_OIFNAME, NFT_CMP_EQ, link);

    /// <summary><c>oifname != "NAME"</c>.</summary>
    public RuleExpressions NotTo(string link) => Interface(NFT_META_OIFNAME, NFT_CMP_NEQ, link);

    /// <summary><c>ip saddr NETWORK</c>, either family.</summary>
    public RuleExpressions Source(System.Net.IPNetwork network) => Address(network, isSource: true);

    /// <summary><c>ip daddr NETWORK</c>, either family.</summary>
    public RuleExpressions Destination(System.Net.IPNetwork network) => Address(network, isSource: false);

    /// <summary><c>fib daddr type local</c>: the destination is an address of this host.</summary>
    public RuleExpressions DestinationIsLocal()
    {
        int mark = Begin("fib");
        _writer.PutBigEndian(NFTA_FIB_DREG, NFT_REG32_00);
        _writer.PutBigEndian(NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
        _writer.PutBigEndian(NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR);
        End(mark);
        return CompareNative(NFT_CMP_EQ, RtNetlink.RTN_LOCAL);
    }

    /// <summary><c>ct state ...</c>: any of the bits.</summary>
    public RuleExpressions State(ConnectionState states)
    {
        Load("ct", NFTA_CT_KEY, NFT_CT_STATE, NFTA_CT_DREG);
        return AnyBit((uint)states);
    }

    /// <summary><c>ct status dnat</c>: the connection was redirected by a dnat rule.</summary>
    public RuleExpressions WasRedirected()
    {
        Load("ct", NFTA_CT_KEY, NFT_CT_STATUS, NFTA_CT_DREG);
        return AnyBit(IPS_DST_NAT);
    }

    public RuleExpressions Count()
    {
        End(Begin("counter"));
        return this;
    }

    /// <summary>
    /// <c>dnat ip to [ip daddr .] meta l4proto . th dport map @MAP</c>: the destination and port become what the map
    /// says; where it says nothing the rule ends.
    /// </summary>
    public RuleExpressions RedirectBy(NftMap map, AddressFamily family, bool keyHasAddress)
    {
        bool v4 = family == AddressFamily.InterNetwork;
        int addressLength = v4 ? 4 : 16;
        int at = NFT_REG32_00;
        if (keyHasAddress)
        {
            Payload(at, NFT_PAYLOAD_NETWORK_HEADER, v4 ? Ipv4Destination : Ipv6Destination, (uint)addressLength);
            at += addressLength / 4;
        }
        Load("meta", NFTA_META_KEY, NFT_META_L4PROTO, NFTA_META_DREG, at++);
        Payload(at, NFT_PAYLOAD_TRANSPORT_HEADER, DestinationPort, 2);

        int mark = Begin("lookup");
        _writer.Put(NFTA_LOOKUP_SET, map.Name);
        _writer.PutBigEndian(NFTA_LOOKUP_SREG, NFT_REG32_00);
        _writer.PutBigEndian(NFTA_LOOKUP_DREG, NFT_REG32_00);
        End(mark);

        mark = Begin("nat");
        _writer.PutBigEndian(NFTA_NAT_TYPE, NFT_NAT_DNAT);
        _writer.PutBigEndian(NFTA_NAT_FAMILY, (uint)(v4 ? NftFamily.Ip : NftFamily.Ip6));
        _writer.PutBigEndian(NFTA_NAT_REG_ADDR_MIN, NFT_REG32_00);
        _writer.PutBigEndian(NFTA_NAT_REG_PROTO_MIN, (uint)(NFT_REG32_00 + addressLength / 4));
        End(mark);
        return this;
    }

    /// <summary>The source becomes the address of the interface the packet leaves by.</summary>
    public void Masquerade() => End(Begin("masq"));

    public void Accept() => Verdict((int)NF_ACCEPT, null);

    public void Drop() => Verdict((int)NF_DROP, null);

    /// <summary>Leaves this chain and goes on behind the jump that led here.</summary>
    public void Return() => Verdict(NFT_RETURN, null);

    public void Jump(string chain) => Verdict(NFT_JUMP, chain);

    private void Verdict(int code, string? chain)
    {
        int mark = Begin("immediate");
        _writer.PutBigEndian(NFTA_IMMEDIATE_DREG, (uint)NFT_REG_VERDICT);
        int data = _writer.BeginNest(NFTA_IMMEDIATE_DATA);
        int verdict = _writer.BeginNest(NFTA_DATA_VERDICT);
        _writer.PutBigEndian(NFTA_VERDICT_CODE, (uint)code);
        if (chain is not null) _writer.Put(NFTA_VERDICT_CHAIN, chain);
        _writer.EndNest(verdict);
        _writer.EndNest(data);
        End(mark);
    }

    private RuleExpressions Interface(uint key, int operation, string link)
    {
        // compared over the whole field, or "sampan0" would be a prefix of "sampan01"
        Span<byte> name = stackalloc byte[NameSize];
        name.Clear();
        Encoding.ASCII.GetBytes(link, name);
        Load("meta", NFTA_META_KEY, key, NFTA_META_DREG);
        return Compare(operation, name);
    }

    private RuleExpressions Address(System.Net.IPNetwork network, bool isSource)
    {
        bool v4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        Family(network.BaseAddress.AddressFamily);
        int length = v4 ? 4 : 16;
        uint offset = v4 ? (isSource ? Ipv4Source : Ipv4Destination) : (isSource ? Ipv6Source : Ipv6Destination);
        Payload(NFT_REG32_00, NFT_PAYLOAD_NETWORK_HEADER, offset, (uint)length);
        Span<byte> mask = stackalloc byte[length];
        mask.Clear();
        for (int bit = 0; bit < network.PrefixLength; bit++) mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        Mask(mask);
        return Compare(NFT_CMP_EQ, network.BaseAddress.GetAddressBytes());
    }

    private RuleExpressions AnyBit(uint bits)
    {
        Mask(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in bits)));
        return CompareNative(NFT_CMP_NEQ, 0);
    }

    private void Mask(ReadOnlySpan<byte> mask)
    {
        Span<byte> zero = stackalloc byte[mask.Length];
        zero.Clear();
        int mark = Begin("bitwise");
        _writer.PutBigEndian(NFTA_BITWISE_SREG, NFT_REG32_00);
        _writer.PutBigEndian(NFTA_BITWISE_DREG, NFT_REG32_00);
        _writer.PutBigEndian(NFTA_BITWISE_LEN, (uint)mask.Length);
        Data(NFTA_BITWISE_MASK, mask);
        Data(NFTA_BITWISE_XOR, zero);
        End(mark);
    }

    private RuleExpressions CompareNative(int operation, uint value) =>
        Compare(operation, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    private RuleExpressions Compare(int operation, ReadOnlySpan<byte> value)
    {
        int mark = Begin("cmp");
        _writer.PutBigEndian(NFTA_CMP_SREG, NFT_REG32_00);
        _writer.PutBigEndian(NFTA_CMP_OP, (uint)operation);
        Data(NFTA_CMP_DATA, value);
        End(mark);
        return this;
    }

    private void Payload(int register, uint header, uint offset, uint length)
    {
        int mark = Begin("payload");
        _writer.PutBigEndian(NFTA_PAYLOAD_DREG, (uint)register);
        _writer.PutBigEndian(NFTA_PAYLOAD_BASE, header);
        _writer.PutBigEndian(NFTA_PAYLOAD_OFFSET, offset);
        _writer.PutBigEndian(NFTA_PAYLOAD_LEN, length);
        End(mark);
    }

    private void Load(string expression, int keyAttribute, uint key, int registerAttribute, int register = NFT_REG32_00)
    {
        int mark = Begin(expression);
        _writer.PutBigEndian(keyAttribute, key);
        _writer.PutBigEndian(registerAttribute, (uint)register);
        End(mark);
    }

    private void Data(int attribute, ReadOnlySpan<byte> value)
    {
        int mark = _writer.BeginNest(attribute);
        _writer.Put(NFTA_DATA_VALUE, value);
        _writer.EndNest(mark);
    }

    private int Begin(string expression)
    {
        int element = _writer.BeginNest(NFTA_LIST_ELEM);
        _writer.Put(NFTA_EXPR_NAME, expression);
        _dataMark = _writer.BeginNest(NFTA_EXPR_DATA);
        return element;
    }

    private void End(int element)
    {
        _writer.EndNest(_dataMark);
        _writer.EndNest(element);
    }

    private int _dataMark;
}
