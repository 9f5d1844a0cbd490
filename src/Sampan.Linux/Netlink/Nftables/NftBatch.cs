using System.Buffers.Binary;
using System.Text;

namespace Sampan.Linux.Netlink.Nftables;

/// <summary>
/// Changes to one table of nf_tables, nft(8), that the kernel makes all together or not at all.
/// </summary>
public sealed class NftBatch
{
    private const int Subsystem = 10;
    private const int NewTable = 0, DeleteTableType = 2, NewChain = 3, NewRule = 6, DeleteRuleType = 8, NewSet = 9, NewElement = 12, DeleteElementType = 14;
    private const int BatchBegin = 16, BatchEnd = 17;
    private const MessageFlags Change = MessageFlags.Request | MessageFlags.Acknowledge;

    private readonly MessageWriter _writer = new();
    private readonly NftFamily _family;
    private readonly string _table;
    private uint _setId;

    public NftBatch(NftFamily family, string table)
    {
        (_family, _table) = (family, table);
        _writer.Begin(BatchBegin, MessageFlags.Request, "begin nf_tables batch");
        BinaryPrimitives.WriteUInt16BigEndian(_writer.Take(4)[2..], Subsystem);
    }

    public void AddTable() => Begin(NewTable, Change | MessageFlags.Create, $"add table {_table}", 1);

    public void DeleteTable() => Begin(DeleteTableType, Change, $"delete table {_table}", 1);

    public void AddChain(string name)
    {
        Begin(NewChain, Change | MessageFlags.Create, $"add chain {_table} {name}", 1);
        _writer.Put(3, name);
    }

    /// <summary>A chain that a hook of the network stack runs. Its policy is accept: what it does not match is not its business.</summary>
    /// <param name="type"><c>filter</c> or <c>nat</c>.</param>
    /// <param name="priority">Order among the chains of that hook: raw -300, dstnat -100, filter 0, srcnat 100.</param>
    public void AddBaseChain(string name, string type, NftHook hook, int priority)
    {
        AddChain(name);
        int nest = _writer.BeginNest(4);
        _writer.PutBigEndian(1, (uint)hook);
        _writer.PutBigEndian(2, (uint)priority);
        _writer.EndNest(nest);
        _writer.PutBigEndian(5, 1u); // NF_ACCEPT
        _writer.Put(7, type);
    }

    /// <summary>Adds a rule at the end of a chain, or before all others.</summary>
    public void AddRule(string chain, Action<RuleExpressions> write, string? comment = null, bool first = false)
    {
        MessageFlags flags = Change | MessageFlags.Create | (first ? MessageFlags.None : MessageFlags.Append);
        Begin(NewRule, flags, $"add rule {_table} {chain}", 1);
        _writer.Put(2, chain);
        int nest = _writer.BeginNest(4);
        write(new RuleExpressions(_writer));
        _writer.EndNest(nest);
        if (comment is null) return;
        // type 0 (comment), length with the zero, text: the form nft(8) and iptables-nft print
        byte[] text = new byte[Encoding.UTF8.GetByteCount(comment) + 3];
        text[1] = (byte)(text.Length - 2);
        Encoding.UTF8.GetBytes(comment, text.AsSpan(2));
        _writer.Put(7, text);
    }

    public void DeleteRule(string chain, ulong handle)
    {
        Begin(DeleteRuleType, Change, $"delete rule {_table} {chain} handle {handle}", 1);
        _writer.Put(2, chain);
        _writer.PutBigEndian(3, handle);
    }

    public void AddMap(NftMap map)
    {
        Begin(NewSet, Change | MessageFlags.Create, $"add map {_table} {map.Name}", 1);
        _writer.Put(2, map.Name);
        _writer.PutBigEndian(3, 8u); // NFT_SET_MAP
        _writer.PutBigEndian(4, map.KeyType);
        _writer.PutBigEndian(5, (uint)map.KeyLength);
        _writer.PutBigEndian(6, map.DataType);
        _writer.PutBigEndian(7, (uint)map.DataLength);
        _writer.PutBigEndian(10, ++_setId);
    }

    /// <summary>Adding an element that is there already, with the same value, is no error.</summary>
    public void AddElement(NftMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) =>
        Element(NewElement, Change | MessageFlags.Create, "add", map, key, data);

    /// <exception cref="Errors.SyscallException">ENOENT, when sent, and then nothing of the batch is done.</exception>
    public void DeleteElement(NftMap map, ReadOnlySpan<byte> key) => Element(DeleteElementType, Change, "delete", map, key, default);

    /// <summary>Has the kernel do it.</summary>
    public void Commit(NetlinkSocket socket)
    {
        _writer.Begin(BatchEnd, MessageFlags.Request, "commit nf_tables batch");
        BinaryPrimitives.WriteUInt16BigEndian(_writer.Take(4)[2..], Subsystem);
        socket.Send(_writer);
    }

    private void Element(int type, MessageFlags flags, string verb, NftMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        Begin(type, flags, $"{verb} element {_table} {map.Name}", 1);
        _writer.Put(2, map.Name);
        int elements = _writer.BeginNest(3);
        int element = _writer.BeginNest(1);
        Value(1, key);
        if (!data.IsEmpty) Value(2, data);
        _writer.EndNest(element);
        _writer.EndNest(elements);
    }

    private void Value(int attribute, ReadOnlySpan<byte> value)
    {
        int nest = _writer.BeginNest(attribute);
        _writer.Put(1, value);
        _writer.EndNest(nest);
    }

    private void Begin(int type, MessageFlags flags, string description, int nameAttribute)
    {
        _writer.Begin((Subsystem << 8) | type, flags, description);
        _writer.Take(4)[0] = (byte)_family;
        _writer.Put(nameAttribute, _table);
    }
}
