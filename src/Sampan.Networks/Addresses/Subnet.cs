using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Sampan.Networks.Addresses;

/// <summary>Arithmetic on the IPv4 subnet of a bridge and on the IPv6 one that goes with it.</summary>
internal static class Subnet
{
    /// <summary>Parses an IPv4 subnet that has room for a gateway and a container.</summary>
    public static IPNetwork Parse(string text) =>
        IPNetwork.TryParse(text, out IPNetwork network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            && network.PrefixLength is >= 8 and <= 30
            ? network
            : throw new NetworkException($"subnet '{text}': not an IPv4 subnet such as 100.100.1.0/24 (/8 to /30)");

    /// <summary>How many addresses of an IPv4 subnet containers may have: all but network, gateway and broadcast.</summary>
    public static uint Capacity(IPNetwork network) => (1u << (32 - network.PrefixLength)) - 3;

    /// <summary>The address at an offset from the start of the subnet: 1 is the gateway, 2 the first container.</summary>
    public static IPAddress At(IPNetwork network, uint offset)
    {
        byte[] bytes = network.BaseAddress.GetAddressBytes();
        Span<byte> last = bytes.AsSpan(bytes.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(last, BinaryPrimitives.ReadUInt32BigEndian(last) + offset);
        return new IPAddress(bytes);
    }

    public static bool Overlap(IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);

    /// <summary>
    /// Candidates, in order: 10.88.0.0/16 to 10.119.0.0/16, 172.20.0.0/16 to 172.31.0.0/16 (docker takes from the lower
    /// end), 192.168.200.0/24 to 192.168.254.0/24.
    /// </summary>
    public static IEnumerable<IPNetwork> Pool()
    {
        for (byte i = 88; i < 120; i++) yield return new IPNetwork(new IPAddress([10, i, 0, 0]), 16);
        for (byte i = 20; i < 32; i++) yield return new IPNetwork(new IPAddress([172, i, 0, 0]), 16);
        for (byte i = 200; i < 255; i++) yield return new IPNetwork(new IPAddress([192, 168, i, 0]), 24);
    }

    /// <summary>A private IPv6 subnet with a random global id, RFC 4193.</summary>
    public static IPNetwork RandomUniqueLocal()
    {
        byte[] bytes = new byte[16];
        Guid.NewGuid().ToByteArray().AsSpan(0, 6).CopyTo(bytes);
        bytes[0] = 0xfd;
        return new IPNetwork(new IPAddress(bytes), 64);
    }
}
