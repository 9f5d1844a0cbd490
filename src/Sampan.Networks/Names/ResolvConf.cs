using System.Net;
using System.Text;

namespace Sampan.Networks;

/// <summary>The container's /etc/resolv.conf, resolv.conf(5).</summary>
public static class ResolvConf
{
    /// <summary>The container's file made from the host's.</summary>
    /// <param name="hostText">The host's /etc/resolv.conf.</param>
    /// <param name="servers">Name servers to use instead of the host's (<c>--dns</c>).</param>
    /// <param name="searches">Search domains instead of the host's (<c>--dns-search</c>); a single <c>.</c> means none.</param>
    /// <param name="options">Options instead of the host's (<c>--dns-option</c>).</param>
    /// <exception cref="NetworkException">The host has only name servers that listen on its loopback, which a container
    /// can not reach, or a given server is no IP address.</exception>
    /// <param name="resolvedPath">Where systemd-resolved writes the servers that its own stub at 127.0.0.53 asks.</param>
    public static string For(
        string hostText,
        IReadOnlyList<string> servers,
        IReadOnlyList<string>? searches = null,
        IReadOnlyList<string>? options = null,
        string resolvedPath = "/run/systemd/resolve/resolv.conf")
    {
        IReadOnlyList<string> usable = servers.Count > 0 ? Checked(servers) : Reachable(hostText, resolvedPath);
        StringBuilder text = new();
        foreach (string server in usable) text.Append("nameserver ").Append(server).Append('\n');
        if (searches is { Count: > 0 })
        {
            if (searches is not ["."]) text.Append("search ").AppendJoin(' ', searches).Append('\n');
        }
        else
        {
            CopyLines(hostText, text, "search", "domain");
        }
        if (options is { Count: > 0 }) text.Append("options ").AppendJoin(' ', options).Append('\n');
        else CopyLines(hostText, text, "options");
        return text.ToString();
    }

    private static IReadOnlyList<string> Checked(IReadOnlyList<string> servers)
    {
        foreach (string server in servers)
            if (!IPAddress.TryParse(server, out _)) throw new NetworkException($"dns server '{server}' is no IP address");
        return servers;
    }

    private static List<string> Reachable(string hostText, string resolvedPath)
    {
        List<string> all = Servers(hostText);
        List<string> usable = all.FindAll(IsReachable);
        if (usable.Count > 0 || all.Count == 0) return usable; // a host without name servers: its containers have none either
        if (all.Contains("127.0.0.53") && File.Exists(resolvedPath)) usable = Servers(File.ReadAllText(resolvedPath)).FindAll(IsReachable);
        return usable.Count > 0
            ? usable
            : throw new NetworkException($"name server {all[0]} of the host listens on its loopback, which containers can not reach; hint: --dns ADDRESS");
    }

    // a link-local server needs the host's interface in its address (fe80::1%eth0), which means nothing in the container
    private static bool IsReachable(string server) =>
        IPAddress.TryParse(server, out IPAddress? address) && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal;

    private static List<string> Servers(string text)
    {
        List<string> servers = [];
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", string server, ..]) servers.Add(server);
        }
        return servers;
    }

    private static void CopyLines(string from, StringBuilder to, params ReadOnlySpan<string> keywords)
    {
        foreach (string line in from.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && keywords.Contains(words[0])) to.AppendJoin(' ', words).Append('\n');
        }
    }
}
