namespace Sampan.Runtime.Spec;

/// <summary>Arguments of set_mempolicy(2); runtime-spec config-linux.md "Memory policy".</summary>
/// <param name="Mode">A <c>MPOL_*</c> number with <c>MPOL_F_*</c> flags.</param>
/// <param name="Nodes">Bit n is NUMA node n; may be empty.</param>
public sealed record MemoryPolicy(string Name, uint Mode, ulong[] Nodes);
