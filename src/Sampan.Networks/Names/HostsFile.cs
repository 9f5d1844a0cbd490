using System.Net;
using System.Text;

namespace Sampan.Networks;

/// <summary>The container's /etc/hosts, hosts(5).</summary>
public static class HostsFile
{
    /// <param name="hostname">The container's own name.</param>
    /// <param name="addresses">Its addresses; empty without a network.</param>
    /// <param name="addHosts"><c>NAME:ADDRESS</c> or <c>NAME=ADDRESS</c> (<c>--add-host</c>), where the address may be in
    /// brackets or <c>host-gateway</c>.</param>
    /// <param name="gateway">What <c>host-gateway</c> stands for: the host as seen from the container.</param>
    /// <exception cref="NetworkException">An entry has not that form.</exception>
    public static string For(string hostname, IReadOnlyList<IPAddress> addresses, IReadOnlyList<string> addHosts, IPAddress? gateway = null)
    {
        StringBuilder text = new("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n"
            + "ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
        foreach (IPAddress address in addresses) text.Append(address).Append('\t').Append(hostname).Append('\n');
        foreach (string entry in addHosts)
        {
            int separator = entry.IndexOfAny([':', '=']);
            string name = separator > 0 ? entry[..separator] : throw new NetworkException($"host entry '{entry}': not NAME:ADDRESS");
            if (name.AsSpan().ContainsAny(" \t\r\n#")) throw new NetworkException($"host entry '{entry}': a name has no spaces and no #");
            text.Append(Resolve(entry, entry[(separator + 1)..], gateway)).Append('\t').Append(name).Append('\n');
        }
        return text.ToString();
    }

    private static IPAddress Resolve(string entry, string address, IPAddress? gateway)
    {
        if (address == "host-gateway") return gateway ?? throw new NetworkException($"host entry '{entry}': no network, so no host-gateway");
        if (address.StartsWith('[') && address.EndsWith(']')) address = address[1..^1];
        return IPAddress.TryParse(address, out IPAddress? parsed) ? parsed : throw new NetworkException($"host entry '{entry}': '{address}' is no IP address");
    }
}
