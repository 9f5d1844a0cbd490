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
        int index = Index(here, name);
        List<NetlinkMessage> addresses = Addresses(here, index);
        HashSet<int> before = [.. Links(there).Select(link => link.Index)];
        MessageWriter move = new();
        Begin(move, $"link set {name} down", index, change: IFF_UP);
        // under its name here: the new one may be a template that the kernel fills in only when it renames
        Begin(move, $"link set {name} netns", index);
        move.Put(IFLA_NET_NS_FD, (uint)target.Number);
        move.Put(IFLA_IFNAME, inside);
        here.Send(move);

        int moved = Links(there).First(link => !before.Contains(link.Index)).Index;
        MessageWriter configure = new();
        Begin(configure, $"link set {inside} up", moved, flags: IFF_UP, change: IFF_UP);
        foreach (NetlinkMessage address in addresses)
        {
            configure.Begin(RTM_NEWADDR, MessageFlags.Request | MessageFlags.Acknowledge | MessageFlags.Create, $"addr add to {inside}");
            configure.Header(address.Header<AddressHeader>() with { LinkIndex = moved });
            foreach (int attribute in Kept)
                if (address.Attribute<AddressHeader>(attribute) is { Length: > 0 } value) configure.Put(attribute, value);
        }
        there.Send(configure);
    }

    private static void Begin(MessageWriter writer, string description, int index, uint flags = 0, uint change = 0)
    {
        writer.Begin(RTM_NEWLINK, MessageFlags.Request | MessageFlags.Acknowledge, description);
        writer.Header(new LinkHeader { Index = index, Flags = flags, Change = change });
    }

    private static int Index(NetlinkSocket socket, string name) => Links(socket).FirstOrDefault(link => link.Name == name) is { Index: > 0 } found
        ? found.Index : throw new SyscallException($"link get {name}", Errno.ENODEV);

    private static List<(int Index, string Name)> Links(NetlinkSocket socket)
    {
        MessageWriter request = new();
        request.DumpLinks();
        return [.. socket.Query(request).Select(static link =>
            (link.Header<LinkHeader>().Index, NetlinkMessage.Text(link.Attribute<LinkHeader>(IFLA_IFNAME))))];
    }

    private static List<NetlinkMessage> Addresses(NetlinkSocket socket, int index)
    {
        MessageWriter request = new();
        request.DumpAddresses();
        return [.. socket.Query(request).Where(address => address.Header<AddressHeader>() is { Scope: RT_SCOPE_UNIVERSE } header
            && header.LinkIndex == index && (Flags(address) & IFA_F_PERMANENT) != 0)];
    }

    private static uint Flags(NetlinkMessage address) => address.Attribute<AddressHeader>(IFA_FLAGS) is { Length: >= 4 } flags
        ? MemoryMarshal.Read<uint>(flags) : address.Header<AddressHeader>().Flags;
}
