using System.Net;
using Sampan.Engine.State;
using Sampan.Networks;

namespace Sampan.Engine.Containers;

/// <summary>The files /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. They are mounted into it one by one, so
/// they are always rewritten in place, never replaced.</summary>
internal static class NameFiles
{
    private const string HostResolvConf = "/etc/resolv.conf";

    /// <summary>As given; else the host's where the network is the host's, else the beginning of the id.</summary>
    public static string Hostname(ContainerRecord record) =>
        record.Options.Hostname ?? (record.Options.Network == "host" ? Environment.MachineName : record.Id[..12]);

    /// <summary>All three; on a bridge /etc/hosts is not complete until <see cref="WriteAddresses"/>.</summary>
    /// <exception cref="NetworkException">A name server or host entry is malformed, or can not be reached from a container.</exception>
    public static void Write(ContainerRecord record, ContainerPaths paths)
    {
        ContainerOptions options = record.Options;
        File.WriteAllText(paths.Hostname, $"{Hostname(record)}\n");
        // a host-gateway has its meaning only when the bridge is there; in the host's own network it is the loopback
        IReadOnlyList<string> entries = options.Network == "bridge" ? [] : options.AddHosts;
        File.WriteAllText(paths.Hosts, HostsFile.For(Hostname(record), [], entries, options.Network == "host" ? IPAddress.Loopback : null));
        File.WriteAllText(paths.ResolvConf, Servers(options));
    }

    /// <summary>Adds the container's own addresses and the gateway, as soon as they are known.</summary>
    public static void WriteAddresses(ContainerRecord record, ContainerPaths paths, NetworkAttachment attachment)
    {
        IReadOnlyList<IPAddress> own = attachment.Address6 is { } six ? [attachment.Address, six] : [attachment.Address];
        File.WriteAllText(paths.Hosts, HostsFile.For(Hostname(record), own, record.Options.AddHosts, attachment.Gateway));
    }

    private static string Servers(ContainerOptions options)
    {
        string host = File.Exists(HostResolvConf) ? File.ReadAllText(HostResolvConf) : "";
        if (options.Dns.Count > 0 || options.Network == "bridge") return ResolvConf.For(host, options.Dns);
        // in the host's network its loopback servers answer; without a network none does
        return options.Network == "host" ? host : "";
    }
}
