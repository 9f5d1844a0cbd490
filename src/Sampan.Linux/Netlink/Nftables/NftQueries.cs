using System.Buffers.Binary;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Netlink.Nftables;

/// <summary>What stands in nf_tables.</summary>
public static class NftQueries
{
    private const int Subsystem = 10, GetTable = 1, GetChain = 4, GetRule = 7;

    public static bool TableExists(this NetlinkSocket socket, NftFamily family, string table)
    {
        MessageWriter request = Request(GetTable, MessageFlags.Request, family, table, $"get table {table}");
        return TryOne(socket, request) is not null;
    }

    /// <summary>A base chain, or null where there is none of that name.</summary>
    public static NftChain? FindChain(this NetlinkSocket socket, NftFamily family, string table, string chain)
    {
        MessageWriter request = Request(GetChain, MessageFlags.Request, family, table, $"get chain {table} {chain}");
        request.Put(3, chain);
        return TryOne(socket, request) is { } answer ? BaseChain(answer) : null;
    }

    /// <summary>All base chains of all tables.</summary>
    public static List<NftChain> BaseChains(this NetlinkSocket socket)
    {
        MessageWriter request = new();
        request.Begin((Subsystem << 8) | GetChain, MessageFlags.Request | MessageFlags.Dump, "list chains");
        request.Take(4);
        List<NftChain> chains = [];
        foreach (NetlinkMessage message in socket.Query(request))
            if (BaseChain(message) is { } chain) chains.Add(chain);
        return chains;
    }

    /// <summary>The rules of a chain in their order; none where the chain does not exist.</summary>
    public static List<NftRule> Rules(this NetlinkSocket socket, NftFamily family, string table, string chain)
    {
        MessageWriter request = Request(GetRule, MessageFlags.Request | MessageFlags.Dump, family, table, $"list rules {table} {chain}");
        request.Put(2, chain);
        List<NftRule> rules = [];
        try
        {
            foreach (NetlinkMessage message in socket.Query(request))
            {
                // where the kernel does not filter a dump by the request, other chains come with it
                if (NetlinkMessage.Text(message.Attribute(4, 2)) != chain || NetlinkMessage.Text(message.Attribute(4, 1)) != table) continue;
                ReadOnlySpan<byte> data = message.Attribute(4, 7);
                string comment = data.Length > 2 && data[0] == 0 && data[1] <= data.Length - 2 ? NetlinkMessage.Text(data.Slice(2, data[1])) : "";
                rules.Add(new NftRule(BinaryPrimitives.ReadUInt64BigEndian(message.Attribute(4, 3)), comment));
            }
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
        }
        return rules;
    }

    private static NftChain? BaseChain(NetlinkMessage message)
    {
        ReadOnlySpan<byte> hook = NetlinkMessage.Find(message.Attribute(4, 4), 1);
        if (hook.Length != 4) return null;
        ReadOnlySpan<byte> policy = message.Attribute(4, 5);
        return new NftChain(
            (NftFamily)message.Payload[0],
            NetlinkMessage.Text(message.Attribute(4, 1)),
            NetlinkMessage.Text(message.Attribute(4, 3)),
            (NftHook)BinaryPrimitives.ReadUInt32BigEndian(hook),
            DropsByPolicy: policy.Length == 4 && BinaryPrimitives.ReadUInt32BigEndian(policy) == 0); // NF_DROP
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
        writer.Begin((Subsystem << 8) | type, flags, description);
        writer.Take(4)[0] = (byte)family;
        writer.Put(1, table);
        return writer;
    }
}
