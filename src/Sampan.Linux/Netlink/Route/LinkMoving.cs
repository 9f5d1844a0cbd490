using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using static Sampan.Linux.Netlink.Route.RtNetlink;

namespace Sampan.Linux.Netlink.Route;

/// <summary>
/// Moves network devices into another network namespace, rtnetlink(7). The kernel takes their addresses away on the way:
/// permanent ones of global scope are given back, and the device is set up.
/// </summary>
public static class LinkMoving
{
    private static readonly int[] Kept = [IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_FLAGS];

    /// <param name="pid">A process in the namespace they move to.</param>
    /// <param name="names">The names here and there; <c>%d</c> there is the first free number.</param>
    public static void Move(int pid, IReadOnlyDictionary<string, string> names)
    {
        using NetlinkSocket here = NetlinkSocket.Open(NetlinkProtocol.Route);
        using Fd target = Paths.Open($"/proc/{pid}/ns/net", OpenFlags.ReadOnly);
        using NetlinkSocket there = NetlinkSocket.OpenIn(target, NetlinkProtocol.Route);
        foreach ((string name, string inside) in names) Move(here, there, target, name, inside);
    }

    private static void Move(NetlinkSocket here, NetlinkSocket there, Fd target, string name, string inside)
    {
        int index = here.FindLink(name)?.Index ?? throw new SyscallException($"link get {name}", Errno.ENODEV);
        List<NetlinkMessage> addresses = Addresses(here, index);
        HashSet<int> before = [.. there.Links().Select(static link => link.Index)];
        MessageWriter move = new();
        Begin(move, $"link set {name} down", new LinkHeader { Index = index, Change = IFF_UP });
        Begin(move, $"link set {name} netns, name {inside}", new LinkHeader { Index = index });
        move.Put(IFLA_NET_NS_FD, (uint)target.Number);
        move.Put(IFLA_IFNAME, inside);
        here.Send(move);

        int moved = there.Links().First(link => !before.Contains(link.Index)).Index; // its number may have changed too
        MessageWriter configure = new();
        Begin(configure, $"link set {inside} up", new LinkHeader { Index = moved, Flags = IFF_UP, Change = IFF_UP });
        foreach (NetlinkMessage address in addresses)
        {
            configure.Begin(RTM_NEWADDR, MessageFlags.Request | MessageFlags.Acknowledge | MessageFlags.Create, $"addr add to {inside}");
            configure.Header(address.Header<AddressHeader>() with { LinkIndex = moved });
            foreach (int attribute in Kept)
                if (address.Attribute<AddressHeader>(attribute) is { Length: > 0 } value) configure.Put(attribute, value);
        }
        there.Send(configure);
    }

    private static void Begin(MessageWriter writer, string description, LinkHeader header)
    {
        writer.Begin(RTM_NEWLINK, MessageFlags.Request | MessageFlags.Acknowledge, description);
        writer.Header(header);
    }

    private static List<NetlinkMessage> Addresses(NetlinkSocket socket, int index)
    {
        MessageWriter request = new();
        request.DumpAddresses();
        return socket.Query(request).FindAll(address => address.Header<AddressHeader>() is var header
            && header.LinkIndex == index && header.Scope == RT_SCOPE_UNIVERSE && (Flags(address, header) & IFA_F_PERMANENT) != 0);
    }

    private static uint Flags(NetlinkMessage address, AddressHeader header) =>
        address.Attribute<AddressHeader>(IFA_FLAGS) is { Length: >= 4 } flags ? MemoryMarshal.Read<uint>(flags) : header.Flags;
}
