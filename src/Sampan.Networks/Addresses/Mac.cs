using System.Net;

namespace Sampan.Networks.Addresses;

/// <summary>MAC addresses made from IPv4 addresses, so that an address that is used again does not meet a stale ARP entry.</summary>
internal static class Mac
{
    /// <summary>6 bytes: 02:53 (locally administered) and the IPv4 address.</summary>
    public static byte[] For(IPAddress address) => [0x02, 0x53, .. address.GetAddressBytes()];

    public static string Text(ReadOnlySpan<byte> mac) => Convert.ToHexStringLower(mac).Insert(10, ":").Insert(8, ":").Insert(6, ":").Insert(4, ":").Insert(2, ":");
}
