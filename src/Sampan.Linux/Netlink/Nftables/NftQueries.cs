using System.Buffers.Binary;
using Sampan.Linux.Errors;
using static Sampan.Linux.Netlink.Nftables.NfTables;

namespace Sampan.Linux.Netlink.Nftables;

/// <summary>What stands in nf_tables.</summary>
public static class NftQueries
{
    public static bool TableExists(this NetlinkSocket socket, NftFamily family, string table)
    {
        MessageWriter request = Request(NFT_MSG_GETTABLE, MessageFlags.Request, family, table, $"get table {table}");
        return TryOne(socket, request) is not null;
    }

    /// <summary>A base chain, or null where there is none of that name.</summary>
    public static NftChain? FindChain(this NetlinkSocket socket, NftFamily family, string table, string chain)
    {
        MessageWriter request = Request(NFT_MSG_GETCHAIN, MessageFlags.Request, family, table, $"get chain {table} {chain}");
        request.Put(NFTA_CHAIN_NAME, chain);
        return TryOne(socket, request) is { } answer ? BaseChain(answer) : null;
    }

    /// <summary>All base chains of all tables.</summary>
    public static List<NftChain> BaseChains(this NetlinkSocket socket)
    {
        MessageWriter request = new();
        request.Begin((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETCHAIN, MessageFlags.Request | MessageFlags.Dump, "list chains");
        request.Header(NftHeader.For(default));
        List<NftChain> chains = [];
        foreach (NetlinkMessage message in socket.Query(request))
            if (BaseChain(message) is { } chain) chains.Add(chain);
        return chains;
    }

    /// <summary>The rules of a chain in their order; none where the chain does not exist.</summary>
    public static List<NftRule> Rules(this NetlinkSocket socket, NftFamily family, string table, string chain)
    {
        MessageWriter request = Request(NFT_MSG_GETRULE, MessageFlags.Request | MessageFlags.Dump, family, table, $"list rules {table} {chain}");
        request.Put(NFTA_RULE_CHAIN, chain);
        List<NftRule> rules = [];
        try
        {
            foreach (NetlinkMessage message in socket.Query(request))
            {
                // where the kernel does not filter a dump by the request, other chains come with it
                if (NetlinkMessage.Text(message.Attribute<NftHeader>(NFTA_RULE_CHAIN)) != chain
                    || NetlinkMessage.Text(message.Attribute<NftHeader>(NFTA_RULE_TABLE)) != table) continue;
                ReadOnlySpan<byte> data = message.Attribute<NftHeader>(NFTA_RULE_USERDATA);
                string comment = data.Length > 2 && data[0] == 0 && data[1] <= data.Length - 2 ? NetlinkMessage.Text(data.Slice(2, data[1])) : "";
                rules.Add(new NftRule(BinaryPrimitives.ReadUInt64BigEndian(message.Attribute<NftHeader>(NFTA_RULE_HANDLE)), comment));
            }
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
        }
        return rules;
    }

    private static NftChain? BaseChain(NetlinkMessage message)
    {
        ReadOnlySpan<byte> hook = NetlinkMessage.Find(message.Attribute<NftHeader>(NFTA_CHAIN_HOOK), NFTA_HOOK_HOOKNUM);
        if (hook.Length != 4) return null;
        ReadOnlySpan<byte> policy = message.Attribute<NftHeader>(NFTA_CHAIN_POLICY);
        return new NftChain(
            (NftFamily)message.Payload[0],
            NetlinkMessage.Text(message.Attribute<NftHeader>(NFTA_CHAIN_TABLE)),
            NetlinkMessage.Text(message.Attribute<NftHeader>(NFTA_CHAIN_NAME)),
            (NftHook)BinaryPrimitives.ReadUInt32BigEndian(hook),
            DropsByPolicy: policy.Length == 4 && BinaryPrimitives.ReadUInt32BigEndian(policy) == NF_DROP);
    }

    private static NetlinkMessage? TryOne(NetlinkSocket socket, MessageWriter request)
    {
        try
        {
            return socket.QueryOne(request);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
            return null;
        }
    }

    private static MessageWriter Request(int type, MessageFlags flags, NftFamily family, string table, string description)
    {
        MessageWriter writer = new();
        writer.Begin((NFNL_SUBSYS_NFTABLES << 8) | type, flags, description);
        writer.Header(NftHeader.For(family));
        // tables, chains and rules all have it as their first attribute
        writer.Put(NFTA_TABLE_NAME, table);
        return writer;
    }
}
