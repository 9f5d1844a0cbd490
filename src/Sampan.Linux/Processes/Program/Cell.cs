namespace Sampan.Linux.Processes.Program;

/// <summary>An int in the child's memory that one instruction writes (a new descriptor, say) and later ones read.</summary>
public readonly record struct Cell(nint Address);
