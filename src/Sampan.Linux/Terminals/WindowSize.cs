namespace Sampan.Linux.Terminals;

/// <summary>A terminal's size in character cells.</summary>
public readonly record struct WindowSize(ushort Rows, ushort Columns);
