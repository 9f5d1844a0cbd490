using System.Text;
using static Sampan.Linux.Netlink.Nftables.NfTables;

namespace Sampan.Linux.Netlink.Nftables;

/// <summary>
/// Changes to one table of nf_tables, nft(8), that the kernel makes all together or not at all.
/// </summary>
public sealed class NftBatch
{
    private const MessageFlags Change = MessageFlags.Request | MessageFlags.Acknowledge;

    private readonly MessageWriter _writer = new();
    private readonly NftFamily _family;
    private readonly string _table;
    private uint _setId;

    public NftBatch(NftFamily family, string table)
    {
        (_family, _table) = (family, table);
        _writer.Begin(NFNL_MSG_BATCH_BEGIN, MessageFlags.Request, "begin nf_tables batch");
        _writer.Header(NftHeader.ForBatch);
    }

    public void AddTable() => Begin(NFT_MSG_NEWTABLE, Change | MessageFlags.Create, $"add table {_table}", NFTA_TABLE_NAME);

    public void DeleteTable() => Begin(NFT_MSG_DELTABLE, Change, $"delete table {_table}", NFTA_TABLE_NAME);

    public void AddChain(string name)
    {
        Begin(NFT_MSG_NEWCHAIN, Change | MessageFlags.Create, $"add chain {_table} {name}", NFTA_CHAIN_TABLE);
        _writer.Put(NFTA_CHAIN_NAME, name);
    }

    /// <summary>A chain that a hook of the network stack runs. Its policy is accept: what it does not match is not its business.</summary>
    /// <param name="type"><c>filter</c> or <c>nat</c>.</param>
    /// <param name="priority">Order among the chains of that hook: raw -300, dstnat -100, filter 0, srcnat 100.</param>
    public void AddBaseChain(string name, string type, NftHook hook, int priority)
    {
        AddChain(name);
        int nest = _writer.BeginNest(NFTA_CHAIN_HOOK);
        _writer.PutBigEndian(NFTA_HOOK_HOOKNUM, (uint)hook);
        _writer.PutBigEndian(NFTA_HOOK_PRIORITY, (uint)priority);
        _writer.EndNest(nest);
        _writer.PutBigEndian(NFTA_CHAIN_POLICY, NF_ACCEPT);
        _writer.Put(NFTA_CHAIN_TYPE, type);
    }

    /// <summary>Adds a rule at the end of a chain, or before all others.</summary>
    public void AddRule(string chain, Action<RuleExpressions> write, string? comment = null, bool first = false)
    {
        MessageFlags flags = Change | MessageFlags.Create | (first ? MessageFlags.None : MessageFlags.Append);
        Begin(NFT_MSG_NEWRULE, flags, $"add rule {_table} {chain}", NFTA_RULE_TABLE);
        _writer.Put(NFTA_RULE_CHAIN, chain);
        int nest = _writer.BeginNest(NFTA_RULE_EXPRESSIONS);
        write(new RuleExpressions(_writer));
        _writer.EndNest(nest);
        if (comment is null) return;
        // type 0 (comment), length with the zero, text: the form nft(8) and iptables-nft print
        byte[] text = new byte[Encoding.UTF8.GetByteCount(comment) + 3];
        text[1] = (byte)(text.Length - 2);
        Encoding.UTF8.GetBytes(comment, text.AsSpan(2));
        _writer.Put(NFTA_RULE_USERDATA, text);
    }

    public void DeleteRule(string chain, ulong handle)
    {
        Begin(NFT_MSG_DELRULE, Change, $"delete rule {_table} {chain} handle {handle}", NFTA_RULE_TABLE);
        _writer.Put(NFTA_RULE_CHAIN, chain);
        _writer.PutBigEndian(NFTA_RULE_HANDLE, handle);
    }

    public void AddMap(NftMap map)
    {
        Begin(NFT_MSG_NEWSET, Change | MessageFlags.Create, $"add map {_table} {map.Name}", NFTA_SET_TABLE);
        _writer.Put(NFTA_SET_NAME, map.Name);
        _writer.PutBigEndian(NFTA_SET_FLAGS, NFT_SET_MAP);
        _writer.PutBigEndian(NFTA_SET_KEY_TYPE, map.KeyType);
        _writer.PutBigEndian(NFTA_SET_KEY_LEN, (uint)map.KeyLength);
        _writer.PutBigEndian(NFTA_SET_DATA_TYPE, map.DataType);
        _writer.PutBigEndian(NFTA_SET_DATA_LEN, (uint)map.DataLength);
        _writer.PutBigEndian(NFTA_SET_ID, ++_setId);
    }

    /// <summary>Adding an element that is there already, with the same value, is no error.</summary>
    public void AddElement(NftMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) =>
        Element(NFT_MSG_NEWSETELEM, Change | MessageFlags.Create, "add", map, key, data);

    /// <exception cref="Errors.SyscallException">ENOENT, when sent, and then nothing of the batch is done.</exception>
    public void DeleteElement(NftMap map, ReadOnlySpan<byte> key) => Element(NFT_MSG_DELSETELEM, Change, "delete", map, key, default);

    /// <summary>Has the kernel do it.</summary>
    public void Commit(NetlinkSocket socket)
    {
        _writer.Begin(NFNL_MSG_BATCH_END, MessageFlags.Request, "commit nf_tables batch");
        _writer.Header(NftHeader.ForBatch);
        socket.Send(_writer);
    }

    private void Element(int type, MessageFlags flags, string verb, NftMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        Begin(type, flags, $"{verb} element {_table} {map.Name}", NFTA_SET_ELEM_LIST_TABLE);
        _writer.Put(NFTA_SET_ELEM_LIST_SET, map.Name);
        int elements = _writer.BeginNest(NFTA_SET_ELEM_LIST_ELEMENTS);
        int element = _writer.BeginNest(NFTA_LIST_ELEM);
        Value(NFTA_SET_ELEM_KEY, key);
        if (!data.IsEmpty) Value(NFTA_SET_ELEM_DATA, data);
        _writer.EndNest(element);
        _writer.EndNest(elements);
    }

    private void Value(int attribute, ReadOnlySpan<byte> value)
    {
        int nest = _writer.BeginNest(attribute);
        _writer.Put(NFTA_DATA_VALUE, value);
        _writer.EndNest(nest);
    }

    private void Begin(int type, MessageFlags flags, string description, int nameAttribute)
    {
        _writer.Begin((NFNL_SUBSYS_NFTABLES << 8) | type, flags, description);
        _writer.Header(NftHeader.For(_family));
        _writer.Put(nameAttribute, _table);
    }
}
