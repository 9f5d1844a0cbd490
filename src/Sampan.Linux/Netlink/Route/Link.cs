namespace Sampan.Linux.Netlink.Route;

/// <summary>A network interface. <paramref name="MasterIndex"/> is 0 where it is no port of a bridge.</summary>
public sealed record Link(int Index, string Name, bool IsUp, int MasterIndex);
