namespace Sampan.Runtime.Spec;

/// <summary>Who a process runs as, in ids of the container.</summary>
public sealed record UserSpec(uint Uid = 0, uint Gid = 0)
{
    public IReadOnlyList<uint> AdditionalGids { get; init; } = [];

    /// <summary>File mode creation mask; null leaves 0022.</summary>
    public uint? Umask { get; init; }
}
