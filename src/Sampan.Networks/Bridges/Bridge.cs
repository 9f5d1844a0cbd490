using System.Net;
using System.Net.Sockets;
using Sampan.Linux.Errors;
using Sampan.Linux.Netlink;
using Sampan.Linux.Netlink.Route;
using Sampan.Networks.Addresses;

namespace Sampan.Networks.Bridges;

/// <summary>
/// A bridge of the host with its gateway addresses and its firewall table: made for the first container, found for the next,
/// removed after the last. All of it under the lock of the state directory.
/// </summary>
internal sealed class Bridge(NetlinkSocket route, NetlinkSocket netfilter, string directory)
{
    private readonly AddressBook _addresses = new(directory);

    /// <summary>The bridge for those options, made or completed where it is not there.</summary>
    public (BridgeState State, int LinkIndex) Ensure(BridgeNetworkOptions options)
    {
        IPNetwork? wanted = options.Subnet is null ? null : Subnet.Parse(options.Subnet);
        string name = options.BridgeName;
        if (name.Length is 0 or > 15) throw new NetworkException($"bridge name '{name}': 1 to 15 characters");
        BridgeState? state = BridgeState.Read(directory, name);
        if (wanted is not null && state is not null && state.Subnet != wanted)
        {
            // another subnet than the bridge has: a second bridge, so that both live side by side
            name = NameFor(wanted.Value);
            state = BridgeState.Read(directory, name);
        }

        Link? link = route.FindLink(name);
        if (state is { IsReady: true } && link is not null)
        {
            new Firewall(netfilter, state).Restore(_addresses.All());
            return (state, link.Index);
        }

        if (state is null && link is not null)
            throw new NetworkException($"link {name} exists and is not ours; hint: ip link delete {name}, or choose another bridge name");
        if (state is not null) TakeDown(state);
        return Make(name, state?.Subnet ?? wanted, state?.Subnet6);
    }

    /// <summary>Removes the bridge when no container has an address of it any more.</summary>
    public void RemoveIfUnused(string name)
    {
        if (BridgeState.Read(directory, name) is not { } state || _addresses.HasAnyIn(state.Subnet)) return;
        TakeDown(state);
        state.Remove(directory);
        // half-written files of killed processes; nobody writes one while we hold the lock
        foreach (string half in Directory.EnumerateFiles(directory, "*.new")) File.Delete(half);
    }

    /// <summary>FNV-1a of the subnet, so that the same subnet always finds the same bridge.</summary>
    internal static string NameFor(IPNetwork subnet)
    {
        uint hash = 2166136261;
        foreach (char c in subnet.ToString()) hash = (hash ^ c) * 16777619;
        return $"sampan-{hash:x8}";
    }

    private (BridgeState State, int LinkIndex) Make(string name, IPNetwork? wanted, IPNetwork? known6)
    {
        IPNetwork subnet = Choose(wanted);
        IPNetwork? subnet6 = HostSettings.HasIpv6 ? known6 ?? Subnet.RandomUniqueLocal() : null;
        BridgeState state = new(name, subnet, subnet6, IsReady: false);
        // remembered before anything is made: killed in between, the next one knows what to take down
        state.Write(directory);
        try
        {
            IPAddress gateway = Subnet.At(subnet, 1);
            MessageWriter link = new();
            link.AddBridge(name, Mac.For(gateway));
            route.Send(link);
            int index = route.FindLink(name)?.Index ?? throw new NetworkException($"bridge {name} vanished while it was made");
            HostSettings.SkipDuplicateDetection(name);
            MessageWriter addresses = new();
            addresses.SetUp(index);
            addresses.AddAddress(index, gateway, subnet.PrefixLength);
            if (subnet6 is not null) addresses.AddAddress(index, Subnet.At(subnet6.Value, 1), subnet6.Value.PrefixLength);
            route.Send(addresses);

            // the rules stand before the kernel begins to forward
            new Firewall(netfilter, state).Restore(_addresses.All());
            HostSettings.EnableForwarding(subnet6 is not null);
            state = state with { IsReady = true };
            state.Write(directory);
            return (state, index);
        }
        catch
        {
            RemoveIfUnused(name);
            throw;
        }
    }

    private IPNetwork Choose(IPNetwork? wanted)
    {
        List<IPNetwork> used = route.RouteDestinations(AddressFamily.InterNetwork);
        used.RemoveAll(n => n.PrefixLength == 0);
        if (wanted is { } subnet)
            return used.Exists(n => Subnet.Overlap(n, subnet)) ? throw new NetworkException($"subnet {subnet} overlaps {used.Find(n => Subnet.Overlap(n, subnet))} of this host") : subnet;
        foreach (IPNetwork candidate in Subnet.Pool())
            if (!used.Exists(n => Subnet.Overlap(n, candidate))) return candidate;
        throw new NetworkException("no free subnet; hint: choose one with --subnet");
    }

    private void TakeDown(BridgeState state)
    {
        new Firewall(netfilter, state).Remove();
        MessageWriter link = new();
        link.DeleteLinkNamed(state.Name);
        try
        {
            route.Send(link);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENODEV)
        {
        }
    }
}
