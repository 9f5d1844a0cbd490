using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Sampan.Linux.Netlink.Nftables;

/// <summary>
/// The expressions of one rule, in the order the kernel evaluates them: each loads a register, compares it, or acts. A
/// comparison that does not hold ends the rule. Registers 8 to 23 are words of 4 bytes, NFT_REG32_*.
/// </summary>
public sealed class RuleExpressions
{
    private const int Register = 8, VerdictRegister = 0;
    private const int Equal = 0, NotEqual = 1;
    private const uint MetaInputName = 6, MetaOutputName = 7, MetaFamily = 15, MetaProtocol = 16;
    private const uint NetworkHeader = 1, TransportHeader = 2;
    private const uint DestinationNatDone = 0x20; // IPS_DST_NAT
    private const uint FibAddressType = 3, FibDestination = 2, LocalType = 2;

    private readonly MessageWriter _writer;

    internal RuleExpressions(MessageWriter writer) => _writer = writer;

    /// <summary><c>meta nfproto ipv4|ipv6</c>.</summary>
    public RuleExpressions Family(AddressFamily family)
    {
        Load("meta", 2, MetaFamily, 1);
        return Compare(Equal, [(byte)(family == AddressFamily.InterNetwork ? 2 : 10)]);
    }

    /// <summary><c>iifname "NAME"</c>.</summary>
    public RuleExpressions From(string link) => Interface(MetaInputName, Equal, link);

    /// <summary><c>iifname != "NAME"</c>.</summary>
    public RuleExpressions NotFrom(string link) => Interface(MetaInputName, NotEqual, link);

    /// <summary><c>oifname "NAME"</c>.</summary>
    public RuleExpressions To(string link) => Interface(MetaOutputName, Equal, link);

    /// <summary><c>oifname != "NAME"</c>.</summary>
    public RuleExpressions NotTo(string link) => Interface(MetaOutputName, NotEqual, link);

    /// <summary><c>ip saddr NETWORK</c>, either family.</summary>
    public RuleExpressions Source(System.Net.IPNetwork network) => Address(network, isSource: true);

    /// <summary><c>ip daddr NETWORK</c>, either family.</summary>
    public RuleExpressions Destination(System.Net.IPNetwork network) => Address(network, isSource: false);

    /// <summary><c>fib daddr type local</c>: the destination is an address of this host.</summary>
    public RuleExpressions DestinationIsLocal()
    {
        int mark = Begin("fib");
        _writer.PutBigEndian(1, Register);
        _writer.PutBigEndian(2, FibAddressType);
        _writer.PutBigEndian(3, FibDestination);
        End(mark);
        return CompareNative(Equal, LocalType);
    }

    /// <summary><c>ct state ...</c>: any of the bits.</summary>
    public RuleExpressions State(ConnectionState states)
    {
        Load("ct", 2, 0, 1);
        return AnyBit((uint)states);
    }

    /// <summary><c>ct status dnat</c>: the connection was redirected by a dnat rule.</summary>
    public RuleExpressions WasRedirected()
    {
        Load("ct", 2, 2, 1);
        return AnyBit(DestinationNatDone);
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
        int at = Register;
        if (keyHasAddress)
        {
            Payload(at, NetworkHeader, v4 ? 16u : 24u, (uint)addressLength);
            at += addressLength / 4;
        }
        Load("meta", 2, MetaProtocol, 1, at++);
        Payload(at, TransportHeader, 2, 2);

        int mark = Begin("lookup");
        _writer.Put(1, map.Name);
        _writer.PutBigEndian(2, Register);
        _writer.PutBigEndian(3, Register);
        End(mark);

        mark = Begin("nat");
        _writer.PutBigEndian(1, 1); // NFT_NAT_DNAT
        _writer.PutBigEndian(2, v4 ? 2u : 10u);
        _writer.PutBigEndian(3, Register);
        _writer.PutBigEndian(5, (uint)(Register + addressLength / 4));
        End(mark);
        return this;
    }

    /// <summary>The source becomes the address of the interface the packet leaves by.</summary>
    public void Masquerade() => End(Begin("masq"));

    public void Accept() => Verdict(1, null);

    public void Drop() => Verdict(0, null);

    /// <summary>Leaves this chain and goes on behind the jump that led here.</summary>
    public void Return() => Verdict(-5, null);

    public void Jump(string chain) => Verdict(-3, chain);

    private void Verdict(int code, string? chain)
    {
        int mark = Begin("immediate");
        _writer.PutBigEndian(1, VerdictRegister);
        int data = _writer.BeginNest(2);
        int verdict = _writer.BeginNest(2);
        _writer.PutBigEndian(1, (uint)code);
        if (chain is not null) _writer.Put(2, chain);
        _writer.EndNest(verdict);
        _writer.EndNest(data);
        End(mark);
    }

    private RuleExpressions Interface(uint key, int operation, string link)
    {
        // compared over the whole field of 16 bytes, or "sampan0" would be a prefix of "sampan01"
        Span<byte> name = stackalloc byte[16];
        name.Clear();
        Encoding.ASCII.GetBytes(link, name);
        Load("meta", 2, key, 1);
        return Compare(operation, name);
    }

    private RuleExpressions Address(System.Net.IPNetwork network, bool isSource)
    {
        bool v4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        Family(network.BaseAddress.AddressFamily);
        int length = v4 ? 4 : 16;
        Payload(Register, NetworkHeader, (v4, isSource) switch { (true, true) => 12u, (true, false) => 16, (false, true) => 8, _ => 24 }, (uint)length);
        Span<byte> mask = stackalloc byte[length];
        mask.Clear();
        for (int bit = 0; bit < network.PrefixLength; bit++) mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        Mask(mask);
        return Compare(Equal, network.BaseAddress.GetAddressBytes());
    }

    private RuleExpressions AnyBit(uint bits)
    {
        Mask(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in bits)));
        return CompareNative(NotEqual, 0);
    }

    private void Mask(ReadOnlySpan<byte> mask)
    {
        Span<byte> zero = stackalloc byte[mask.Length];
        zero.Clear();
        int mark = Begin("bitwise");
        _writer.PutBigEndian(1, Register);
        _writer.PutBigEndian(2, Register);
        _writer.PutBigEndian(3, (uint)mask.Length);
        Data(4, mask);
        Data(5, zero);
        End(mark);
    }

    private RuleExpressions CompareNative(int operation, uint value) =>
        Compare(operation, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    private RuleExpressions Compare(int operation, ReadOnlySpan<byte> value)
    {
        int mark = Begin("cmp");
        _writer.PutBigEndian(1, Register);
        _writer.PutBigEndian(2, (uint)operation);
        Data(3, value);
        End(mark);
        return this;
    }

    private void Payload(int register, uint header, uint offset, uint length)
    {
        int mark = Begin("payload");
        _writer.PutBigEndian(1, (uint)register);
        _writer.PutBigEndian(2, header);
        _writer.PutBigEndian(3, offset);
        _writer.PutBigEndian(4, length);
        End(mark);
    }

    private void Load(string expression, int keyAttribute, uint key, int registerAttribute, int register = Register)
    {
        int mark = Begin(expression);
        _writer.PutBigEndian(keyAttribute, key);
        _writer.PutBigEndian(registerAttribute, (uint)register);
        End(mark);
    }

    private void Data(int attribute, ReadOnlySpan<byte> value)
    {
        int mark = _writer.BeginNest(attribute);
        _writer.Put(1, value);
        _writer.EndNest(mark);
    }

    private int Begin(string expression)
    {
        int element = _writer.BeginNest(1);
        _writer.Put(1, expression);
        _dataMark = _writer.BeginNest(2);
        return element;
    }

    private void End(int element)
    {
        _writer.EndNest(_dataMark);
        _writer.EndNest(element);
    }

    private int _dataMark;
}
