using System.Net;

namespace Sampan.Linux.Netlink.Route;

/// <summary>An address of a network interface.</summary>
public sealed record InterfaceAddress(int LinkIndex, IPAddress Address, int PrefixLength);
