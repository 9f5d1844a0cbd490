using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sampan.Networks;

/// <summary>A port of the host that leads to a port of a container.</summary>
/// <param name="HostAddress">Null: every address, IPv4 and IPv6.</param>
/// <param name="HostPort">0 until a free one was chosen.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
public sealed record PublishedPort(IPAddress? HostAddress, int HostPort, int ContainerPort, string Protocol)
{
    /// <summary>The number of the protocol in an IP header.</summary>
    public byte ProtocolNumber => Protocol switch { "tcp" => 6, "udp" => 17, _ => 132 };

    /// <summary>
    /// docker's syntax: <c>[[ADDRESS:][HOST[-HOST]]:]CONTAINER[-CONTAINER][/tcp|udp|sctp]</c>; an IPv6 address stands in brackets.
    /// </summary>
    /// <exception cref="FormatException">With a sentence that shows what was given.</exception>
    public static IReadOnlyList<PublishedPort> Parse(string text)
    {
        string rest = text, protocol = "tcp";
        int slash = rest.LastIndexOf('/');
        if (slash >= 0)
        {
            protocol = rest[(slash + 1)..].ToLowerInvariant();
            rest = rest[..slash];
            if (protocol is not ("tcp" or "udp" or "sctp")) throw Wrong(text, $"unknown protocol '{protocol}'");
        }

        int colon = rest.LastIndexOf(':');
        (int containerFirst, int containerLast) = Range(text, rest[(colon + 1)..]);
        rest = colon < 0 ? "" : rest[..colon];
        IPAddress? address = null;
        if (rest.StartsWith('['))
        {
            int close = rest.IndexOf("]:", StringComparison.Ordinal);
            if (close < 0) throw Wrong(text, "the host port is missing after the address");
            address = Address(text, rest[1..close], AddressFamily.InterNetworkV6);
            rest = rest[(close + 2)..];
        }
        else if (rest.Contains(':'))
        {
            int end = rest.LastIndexOf(':');
            address = Address(text, rest[..end], AddressFamily.InterNetwork);
            rest = rest[(end + 1)..];
        }
        else if (rest.Contains('.'))
        {
            throw Wrong(text, "the host port is missing after the address");
        }

        int count = containerLast - containerFirst + 1;
        (int hostFirst, int hostLast) = rest.Length == 0 ? (0, count - 1) : Range(text, rest);
        if (hostLast - hostFirst + 1 != count) throw Wrong(text, "the ranges of host and container differ in length");
        List<PublishedPort> ports = [];
        for (int i = 0; i < count; i++)
            ports.Add(new PublishedPort(address, rest.Length == 0 ? 0 : hostFirst + i, containerFirst + i, protocol));
        return ports;
    }

    /// <summary>As docker shows it: <c>127.0.0.1:8080->80/tcp</c>, and twice where it is every address of both families.</summary>
    public string Describe()
    {
        if (HostAddress is null) return $"{(this with { HostAddress = IPAddress.Any }).Describe()}, {(this with { HostAddress = IPAddress.IPv6Any }).Describe()}";
        return $"{new IPEndPoint(HostAddress, HostPort)}->{ContainerPort}/{Protocol}";
    }

    /// <summary>Whether both would be reached under the same address and port of the host.</summary>
    public bool Collides(PublishedPort other) =>
        HostPort == other.HostPort && Protocol == other.Protocol
        && ((Covers(AddressFamily.InterNetwork) && other.Covers(AddressFamily.InterNetwork)
                || Covers(AddressFamily.InterNetworkV6) && other.Covers(AddressFamily.InterNetworkV6))
            && (IsEveryAddress || other.IsEveryAddress || HostAddress!.Equals(other.HostAddress)));

    internal bool IsEveryAddress => HostAddress is null || HostAddress.Equals(IPAddress.Any) || HostAddress.Equals(IPAddress.IPv6Any);

    internal bool Covers(AddressFamily family) => HostAddress is null || HostAddress.AddressFamily == family;

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (HostAddress is not null) json.WriteString("hostAddress", HostAddress.ToString());
        json.WriteNumber("hostPort", HostPort);
        json.WriteNumber("containerPort", ContainerPort);
        json.WriteString("protocol", Protocol);
        json.WriteEndObject();
    }

    internal static PublishedPort From(JsonElement json) => new(
        json.TryGetProperty("hostAddress", out JsonElement address) ? IPAddress.Parse(address.GetString()!) : null,
        json.GetProperty("hostPort").GetInt32(),
        json.GetProperty("containerPort").GetInt32(),
        json.GetProperty("protocol").GetString()!);

    private static IPAddress Address(string text, string address, AddressFamily family) =>
        IPAddress.TryParse(address, out IPAddress? parsed) && parsed.AddressFamily == family
            ? parsed
            : throw Wrong(text, $"'{address}' is no IP address");

    private static (int First, int Last) Range(string text, string range)
    {
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        int first = Number(text, dash < 0 ? range : range[..dash]);
        int last = dash < 0 ? first : Number(text, range[(dash + 1)..]);
        return first <= last ? (first, last) : throw Wrong(text, $"range '{range}' runs backwards");
    }

    private static int Number(string text, string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
            ? port
            : throw Wrong(text, $"'{digits}' is no port (1 to 65535)");

    private static FormatException Wrong(string text, string why) => new($"invalid port '{text}': {why}");
}
