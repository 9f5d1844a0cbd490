namespace Sampan.Networks.Bridges;

/// <summary>Switches of the host's network under /proc/sys/net; written only where they are not already as needed.</summary>
internal static class HostSettings
{
    private const string Ipv6 = "/proc/sys/net/ipv6/conf";

    public static bool HasIpv6 => Read($"{Ipv6}/all/disable_ipv6") == "0" && Read($"{Ipv6}/default/disable_ipv6") == "0";

    /// <summary>Lets the kernel pass packets on between interfaces.</summary>
    public static void EnableForwarding(bool ipv6)
    {
        Set("/proc/sys/net/ipv4/ip_forward", "1");
        if (!ipv6 || Read($"{Ipv6}/all/forwarding") == "1") return;
        // a router ignores router advertisements, so a host that has its own default route from one would lose it;
        // 2 means: accept them although forwarding
        foreach (string link in Directory.EnumerateDirectories(Ipv6))
            if (Read($"{link}/accept_ra") == "1") Set($"{link}/accept_ra", "2");
        Set($"{Ipv6}/all/forwarding", "1");
    }

    /// <summary>Lets connections to 127.0.0.1 be redirected to that bridge.</summary>
    public static void RouteLoopbackTo(string bridge) => Set($"/proc/sys/net/ipv4/conf/{bridge}/route_localnet", "1");

    /// <summary>
    /// Makes the bridge's link-local IPv6 address usable at once. While it is being checked for duplicates the host can not
    /// ask for a container's MAC, and packets from outside are lost for the first one to two seconds.
    /// </summary>
    public static void SkipDuplicateDetection(string bridge)
    {
        if (Directory.Exists($"{Ipv6}/{bridge}")) Set($"{Ipv6}/{bridge}/accept_dad", "0");
    }

    private static void Set(string path, string value)
    {
        if (Read(path) == value) return;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException($"write {value} to {path}: {e.Message}");
        }
    }

    private static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
