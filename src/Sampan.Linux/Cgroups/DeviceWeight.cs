namespace Sampan.Linux.Cgroups;

/// <summary>The share that one block device gives; null leaves it.</summary>
public sealed record DeviceWeight(uint Major, uint Minor, ushort? Weight, ushort? LeafWeight);
