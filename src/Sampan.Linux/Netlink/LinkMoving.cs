using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Netlink;

/// <summary>
/// Moves network devices into another network namespace, rtnetlink(7). The kernel takes their addresses away on the way:
/// permanent ones of global scope are given back, and the device is set up.
/// </summary>
public static class LinkMoving
{
    private const int NewLink = 16, GetLink = 18, NewAddress = 20, GetAddress = 22;
    private const int LinkHeader = 16, AddressHeader = 8;
    private const int LinkName = 3, LinkNamespace = 28;
    private const int Address = 1, Local = 2, Broadcast = 4, AddressFlags = 8;
    private const uint Up = 1;
    private const uint Permanent = 0x80;
    private const byte GlobalScope = 0;

    private static readonly int[] Kept = [Address, Local, Broadcast, AddressFlags];

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
        Begin(move, NewLink, $"link set {name} down", index, change: Up);
        // under its name here: the new one may be a template that the kernel fills in only when it renames
        Begin(move, NewLink, $"link set {name} netns", index);
        move.Put(LinkNamespace, (uint)target.Number);
        move.Put(LinkName, inside);
        here.Send(move);

        int moved = Links(there).First(link => !before.Contains(link.Index)).Index;
        MessageWriter configure = new();
        Begin(configure, NewLink, $"link set {inside} up", moved, flags: Up, change: Up);
        foreach (NetlinkMessage address in addresses)
        {
            configure.Begin(NewAddress, MessageFlags.Request | MessageFlags.Acknowledge | MessageFlags.Create, $"addr add to {inside}");
            Span<byte> header = configure.Take(AddressHeader);
            address.Payload.AsSpan(0, AddressHeader).CopyTo(header);
            MemoryMarshal.Write(header[4..], moved);
            foreach (int attribute in Kept)
                if (address.Attribute(AddressHeader, attribute) is { Length: > 0 } value) configure.Put(attribute, value);
        }
        there.Send(configure);
    }

    private static void Begin(MessageWriter writer, int type, string description, int index, uint flags = 0, uint change = 0)
    {
        writer.Begin(type, MessageFlags.Request | MessageFlags.Acknowledge, description);
        Span<byte> header = writer.Take(LinkHeader);
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], flags);
        MemoryMarshal.Write(header[12..], change);
    }

    private static int Index(NetlinkSocket socket, string name) => Links(socket).FirstOrDefault(link => link.Name == name) is { Index: > 0 } found
        ? found.Index : throw new SyscallException($"link get {name}", Errno.ENODEV);

    private static List<(int Index, string Name)> Links(NetlinkSocket socket)
    {
        MessageWriter request = new();
        request.Begin(GetLink, MessageFlags.Request | MessageFlags.Dump, "link list");
        request.Take(LinkHeader);
        return [.. socket.Query(request).Select(static link =>
            (MemoryMarshal.Read<int>(link.Payload.AsSpan(4)), NetlinkMessage.Text(link.Attribute(LinkHeader, LinkName))))];
    }

    private static List<NetlinkMessage> Addresses(NetlinkSocket socket, int index)
    {
        MessageWriter request = new();
        request.Begin(GetAddress, MessageFlags.Request | MessageFlags.Dump, "addr list");
        request.Take(AddressHeader);
        return [.. socket.Query(request).Where(address => MemoryMarshal.Read<int>(address.Payload.AsSpan(4)) == index
            && address.Payload[3] == GlobalScope && (Flags(address) & Permanent) != 0)];
    }

    private static uint Flags(NetlinkMessage address) =>
        address.Attribute(AddressHeader, AddressFlags) is { Length: >= 4 } flags ? MemoryMarshal.Read<uint>(flags) : address.Payload[2];
}
