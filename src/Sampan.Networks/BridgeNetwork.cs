using System.Net;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Netlink;
using Sampan.Linux.Netlink.Route;
using Sampan.Networks.Addresses;
using Sampan.Networks.Bridges;
using Sampan.Networks.Ports;

namespace Sampan.Networks;

/// <summary>
/// Connects containers to a bridge of the host: a veth pair, addresses, routes, masquerade, published ports. The state
/// directory (such as <c>/run/sampan/networks</c>) says who has what; everything is undone from it, also after a SIGKILL.
/// Call on a single-threaded program's thread, or on one that may change its network namespace for a moment.
/// </summary>
public static class BridgeNetwork
{
    private const string ContainerLink = "eth0";
    private const string HalfWritten = "*.new";
    private const int Loopback = 1;

    /// <summary>
    /// 1. bridge and table, made or found; 2. an address and the ports, claimed; 3. the veth pair; 4. lo, eth0 and routes in
    /// the container; 5. the ports, published. What fails undoes what was done.
    /// </summary>
    /// <exception cref="NetworkException">A port is in use, a subnet overlaps, no address is free.</exception>
    /// <exception cref="SyscallException">The kernel refused a request.</exception>
    public static NetworkAttachment Attach(
        string stateDirectory, string containerId, Fd containerNetns, BridgeNetworkOptions options, IReadOnlyList<PublishedPort> ports)
    {
        using NetlinkSocket route = NetlinkSocket.Open(NetlinkProtocol.Route);
        using NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        using NetlinkSocket inside = NetlinkSocket.OpenIn(containerNetns, NetlinkProtocol.Route);
        Directory.CreateDirectory(stateDirectory);
        (NetworkAttachment attachment, BridgeState bridge, int bridgeIndex) = Claim(stateDirectory, containerId, options, ports, route, netfilter);
        try
        {
            MessageWriter pair = new();
            byte[] mac = Mac.For(attachment.Address);
            pair.AddVeth(attachment.HostVeth, bridgeIndex, ContainerLink, mac, containerNetns);
            // with br_netfilter loaded the bridge itself redirects, and a container that calls its own published port
            // is sent back out of the port it came from
            if (attachment.Ports.Count > 0) pair.SetHairpin(attachment.HostVeth);
            // both sides know each other's MAC: nobody asks, and no first packet waits for an answer that is lost (a second, in IPv6)
            pair.SetNeighbor(bridgeIndex, attachment.Address, mac);
            route.Send(pair);
            if (!Configure(inside, attachment))
            {
                attachment = attachment with { Address6 = null, PrefixLength6 = 0, Gateway6 = null };
                using DirectoryLock held = DirectoryLock.Take(stateDirectory);
                new AddressBook(stateDirectory).Write(attachment);
            }
            else if (attachment.Address6 is not null)
            {
                MessageWriter neighbor = new();
                neighbor.SetNeighbor(bridgeIndex, attachment.Address6, mac);
                route.Send(neighbor);
            }
            // carriers come up in a work queue, up to a second later, and packets are lost until then; asking for a link
            // makes the kernel catch up at once (Linux 6.8): eth0, then the port, then the bridge that depends on it
            inside.FindLink(ContainerLink);
            route.FindLink(attachment.HostVeth);
            route.FindLink(bridge.Name);
            if (attachment.Ports.Count > 0)
            {
                HostSettings.RouteLoopbackTo(bridge.Name);
                new Firewall(netfilter, bridge).Publish(attachment);
            }
            return attachment;
        }
        catch
        {
            Undo(stateDirectory, attachment);
            throw;
        }
    }

    /// <summary>Undoes an attachment, whole or half; again is no error. The last one takes the bridge and its table along.</summary>
    public static void Detach(string stateDirectory, NetworkAttachment attachment)
    {
        if (!Directory.Exists(stateDirectory)) return;
        using NetlinkSocket route = NetlinkSocket.Open(NetlinkProtocol.Route);
        using NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        AddressBook addresses = new(stateDirectory);
        using (DirectoryLock.Take(stateDirectory))
        {
            if (Holds(addresses, attachment) && BridgeState.Read(stateDirectory, attachment.Bridge) is { } bridge)
                new Firewall(netfilter, bridge).Withdraw(attachment);
        }

        // without the lock: the kernel takes 20 to 30 ms to let go of a link (rcu_barrier), and others want to attach
        // meanwhile; the name is of this container alone, so it can not be another's link by now
        MessageWriter link = new();
        link.DeleteLinkNamed(attachment.HostVeth);
        try
        {
            route.Send(link);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENODEV)
        {
            // it went with the container's namespace
        }

        using DirectoryLock held = DirectoryLock.Take(stateDirectory);
        // last: as long as the file is there, the next sweep finds what a killed one left
        if (Holds(addresses, attachment)) addresses.Remove(attachment.Address);
        new Bridge(route, netfilter, stateDirectory).RemoveIfUnused(attachment.Bridge);
    }

    /// <summary>Makes again what others took from the rules of bridges that have containers, as <c>nft flush ruleset</c> does, and
    /// removes a bridge whose last container left through a process that was killed then. A few queries for each bridge when all is there.</summary>
    public static void Repair(string stateDirectory)
    {
        if (!Directory.Exists(stateDirectory)) return;
        if (Directory.GetFiles(stateDirectory, HalfWritten).Length > 0) RemoveHalfWritten(stateDirectory);
        string[] bridges = BridgeState.Names(stateDirectory);
        if (bridges.Length == 0) return;
        using NetlinkSocket route = NetlinkSocket.Open(NetlinkProtocol.Route);
        using NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        using DirectoryLock held = DirectoryLock.Take(stateDirectory);
        Bridge all = new(route, netfilter, stateDirectory);
        foreach (string name in bridges)
        {
            all.RemoveIfUnused(name);
            if (BridgeState.Read(stateDirectory, name) is { IsReady: true } bridge) new Firewall(netfilter, bridge).Restore(new AddressBook(stateDirectory).All());
        }
    }

    // of a process that was killed between writing and renaming; nobody writes while the lock is held
    private static void RemoveHalfWritten(string stateDirectory)
    {
        using DirectoryLock held = DirectoryLock.Take(stateDirectory);
        foreach (string half in Directory.GetFiles(stateDirectory, HalfWritten)) File.Delete(half);
    }

    /// <summary>What in other programs' firewalls may keep containers of that bridge from being reached, one line each.</summary>
    public static IReadOnlyList<string> ForeignObstacles(string bridge)
    {
        using NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        return new ForeignFirewalls(netfilter).Dropping(bridge);
    }

    /// <summary>Ids of the containers that hold addresses.</summary>
    public static IReadOnlyList<string> Attached(string stateDirectory)
    {
        if (!Directory.Exists(stateDirectory)) return [];
        using DirectoryLock held = DirectoryLock.Take(stateDirectory);
        List<string> ids = [];
        foreach (NetworkAttachment attachment in new AddressBook(stateDirectory).All())
            if (!ids.Contains(attachment.ContainerId)) ids.Add(attachment.ContainerId);
        return ids;
    }

    /// <summary>
    /// Takes back the published ports of a container that has ended, at once; <see cref="DetachContainer"/> then does the
    /// rest, for which the kernel takes tens of milliseconds that nobody should have to wait for.
    /// </summary>
    public static void WithdrawPorts(string stateDirectory, string containerId)
    {
        if (!Directory.Exists(stateDirectory)) return;
        using NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        using DirectoryLock held = DirectoryLock.Take(stateDirectory);
        AddressBook addresses = new(stateDirectory);
        foreach (NetworkAttachment attachment in addresses.All())
        {
            if (attachment.ContainerId != containerId || attachment.Ports.Count == 0) continue;
            if (BridgeState.Read(stateDirectory, attachment.Bridge) is { } bridge) new Firewall(netfilter, bridge).Withdraw(attachment);
            addresses.Write(attachment with { Ports = [] });
        }
    }

    /// <summary>Detaches whatever a container holds.</summary>
    public static void DetachContainer(string stateDirectory, string containerId)
    {
        if (!Directory.Exists(stateDirectory)) return;
        List<NetworkAttachment> held = [];
        using (DirectoryLock.Take(stateDirectory)) held.AddRange(new AddressBook(stateDirectory).All());
        foreach (NetworkAttachment attachment in held)
            if (attachment.ContainerId == containerId) Detach(stateDirectory, attachment);
    }

    private static (NetworkAttachment Attachment, BridgeState Bridge, int BridgeIndex) Claim(
        string directory, string containerId, BridgeNetworkOptions options, IReadOnlyList<PublishedPort> ports, NetlinkSocket route, NetlinkSocket netfilter)
    {
        using DirectoryLock held = DirectoryLock.Take(directory);
        Bridge bridges = new(route, netfilter, directory);
        AddressBook addresses = new(directory);
        (BridgeState bridge, int index) = bridges.Ensure(options);
        try
        {
            IReadOnlyList<PublishedPort> claimed = ports.Count == 0 ? [] : PortClaims.Claim(ports, addresses.All(), bridge.Subnet6 is not null);
            uint offset = addresses.FirstFree(bridge.Subnet);
            IPAddress address = Subnet.At(bridge.Subnet, offset);
            NetworkAttachment attachment = new(
                containerId,
                bridge.Name,
                LinkName.For($"{containerId} {address}"),
                address,
                bridge.Subnet.PrefixLength,
                Subnet.At(bridge.Subnet, 1),
                bridge.Subnet6 is { } six ? Subnet.At(six, offset) : null,
                bridge.Subnet6?.PrefixLength ?? 0,
                bridge.Subnet6 is { } net ? Subnet.At(net, 1) : null,
                Mac.Text(Mac.For(address)),
                claimed);
            addresses.Write(attachment);
            return (attachment, bridge, index);
        }
        catch
        {
            bridges.RemoveIfUnused(bridge.Name);
            throw;
        }
    }

    // an address that has gone to another container since is not ours to undo
    private static bool Holds(AddressBook addresses, NetworkAttachment attachment) =>
        addresses.Find(attachment.Address)?.ContainerId == attachment.ContainerId;

    private static void Undo(string stateDirectory, NetworkAttachment attachment)
    {
        try
        {
            Detach(stateDirectory, attachment);
        }
        catch (Exception e) when (e is IOException or NetworkException)
        {
            // the first failure is what the caller must see; the address file stays, so the next sweep tries again
        }
    }

    /// <summary>False where the container has no IPv6.</summary>
    private static bool Configure(NetlinkSocket inside, NetworkAttachment attachment)
    {
        int index = inside.FindLink(ContainerLink)?.Index ?? throw new NetworkException($"{ContainerLink} is not in the container's network namespace");
        MessageWriter writer = new();
        writer.SetUp(Loopback);
        writer.SetUp(index);
        writer.AddAddress(index, attachment.Address, attachment.PrefixLength);
        writer.AddDefaultRoute(index, attachment.Gateway);
        writer.SetNeighbor(index, attachment.Gateway, Mac.For(attachment.Gateway));
        inside.Send(writer);
        if (attachment.Address6 is null) return true;

        MessageWriter six = new();
        six.AddAddress(index, attachment.Address6, attachment.PrefixLength6);
        six.AddDefaultRoute(index, attachment.Gateway6!);
        six.SetNeighbor(index, attachment.Gateway6!, Mac.For(attachment.Gateway));
        try
        {
            inside.Send(six);
            return true;
        }
        catch (SyscallException e) when (e.Errno is Errno.EACCES or Errno.EPERM or Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT)
        {
            return false; // net.ipv6.conf.*.disable_ipv6 is set in there
        }
    }
}
