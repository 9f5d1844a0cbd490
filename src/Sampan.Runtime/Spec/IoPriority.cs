namespace Sampan.Runtime.Spec;

/// <summary>Argument of ioprio_set(2).</summary>
/// <param name="Class">1 real time, 2 best effort, 3 idle.</param>
/// <param name="Level">0 (highest) to 7.</param>
public sealed record IoPriority(uint Class, uint Level)
{
    public uint Value => (Class << 13) | Level;
}
