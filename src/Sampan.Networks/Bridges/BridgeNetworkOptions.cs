namespace Sampan.Networks;

/// <param name="BridgeName">The bridge of the host, at most 15 characters, normally <c>sampan0</c>.</param>
/// <param name="Subnet">An IPv4 subnet such as <c>100.100.1.0/24</c>; null takes that of the existing bridge, or a free one.</param>
public sealed record BridgeNetworkOptions(string BridgeName, string? Subnet);
