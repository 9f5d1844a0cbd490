using System.Text;
using Sampan.Engine.State;

namespace Sampan.Engine.Containers;

/// <summary>The files /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. They are mounted into it one by one, so
/// they are always rewritten in place, never replaced.</summary>
internal static class NameFiles
{
    public static string Hostname(ContainerRecord record) => record.Options.Hostname ?? record.Id[..12];

    /// <param name="address">The container's own, or null when it is not known yet or there is none.</param>
    public static void Write(ContainerRecord record, ContainerPaths paths, string? address)
    {
        File.WriteAllText(paths.Hostname, $"{Hostname(record)}\n");
        File.WriteAllText(paths.Hosts, Hosts(record, address));
        File.WriteAllText(paths.ResolvConf, ResolvConf(record.Options));
    }

    /// <summary>Adds the container's own address, as soon as it is known.</summary>
    public static void WriteAddress(ContainerRecord record, ContainerPaths paths, string address) =>
        File.WriteAllText(paths.Hosts, Hosts(record, address));

    private static string Hosts(ContainerRecord record, string? address)
    {
        StringBuilder hosts = new("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        foreach (string entry in record.Options.AddHosts)
        {
            int colon = entry.IndexOf(':');
            if (colon > 0) hosts.Append(entry.AsSpan(colon + 1)).Append('\t').Append(entry.AsSpan(0, colon)).Append('\n');
        }

        if (address is not null) hosts.Append(address).Append('\t').Append(Hostname(record)).Append('\n');
        return hosts.ToString();
    }

    private static string ResolvConf(ContainerOptions options)
    {
        StringBuilder text = new();
        foreach (string server in options.Dns) text.Append("nameserver ").Append(server).Append('\n');
        if (options.Dns.Count > 0 || !File.Exists("/etc/resolv.conf")) return text.ToString();
        foreach (string line in File.ReadLines("/etc/resolv.conf"))
        {
            // the host's own loopback is out of reach from another network namespace
            bool loopback = line.StartsWith("nameserver 127.", StringComparison.Ordinal) || line.StartsWith("nameserver ::1", StringComparison.Ordinal);
            if (!loopback || options.Network == "host") text.Append(line).Append('\n');
        }

        return text.ToString();
    }
}
