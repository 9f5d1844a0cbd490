namespace Sampan.Linux.Processes.Program;

/// <summary>A place in a <see cref="ChildProgram"/> to continue at; forward references are resolved when the program is finished.</summary>
public sealed class Label
{
    internal int Position { get; set; } = -1;
}
