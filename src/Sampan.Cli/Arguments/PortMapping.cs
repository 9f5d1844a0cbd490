using System.Globalization;
using System.Net;

namespace Sampan.Cli.Arguments;

/// <summary>The shape of <c>--publish</c>: <c>[address:][host-port:]container-port[/protocol]</c>; ports may be ranges.</summary>
internal static class PortMapping
{
    public static bool IsValid(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && text[(slash + 1)..] is not ("tcp" or "udp")) return false;
        string rest = slash < 0 ? text : text[..slash];
        int last = rest.LastIndexOf(':');
        if (!TryRange(rest[(last + 1)..], out int inside)) return false;
        if (last < 0) return true;
        rest = rest[..last];

        // an IPv6 address stands in brackets, so the last colon outside of them separates it from the port
        int middle = rest.EndsWith(']') ? -1 : rest.LastIndexOf(':');
        string host = rest[(middle + 1)..];
        if (middle < 0) return IsAddressless(host, inside);
        return IPAddress.TryParse(rest[..middle].Trim('[', ']'), out _) && (host.Length == 0 || IsAddressless(host, inside));
    }

    // equally many ports on both sides, or a range outside from which one is picked
    private static bool IsAddressless(string host, int inside) => TryRange(host, out int outside) && (outside == inside || inside == 1);

    private static bool TryRange(string text, out int count)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        count = 0;
        if (!TryPort(dash < 0 ? text : text[..dash], out int first)) return false;
        int last = first;
        if (dash >= 0 && !TryPort(text[(dash + 1)..], out last)) return false;
        count = last - first + 1;
        return count > 0;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536;
}
