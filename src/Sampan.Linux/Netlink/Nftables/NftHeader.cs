using System.Buffers.Binary;

namespace Sampan.Linux.Netlink.Nftables;

/// <summary>Begins every message of netfilter.</summary>
[C("struct nfgenmsg")]
internal struct NftHeader
{
    [C("nfgen_family")] public byte Family;
    public byte Version;

    /// <summary>In network order.</summary>
    [C("res_id")] public ushort Resource;

    public static NftHeader For(NftFamily family) => new() { Family = (byte)family };

    /// <summary>Of the messages around a batch, which name the subsystem that it is for.</summary>
    public static NftHeader ForBatch { get; } = new() { Resource = BinaryPrimitives.ReverseEndianness((ushort)NfTables.NFNL_SUBSYS_NFTABLES) };
}
