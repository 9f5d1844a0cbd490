namespace Sampan.Linux.Processes.Program;

/// <summary>An argument of a system call in a <see cref="ChildProgram"/>: a value, or a <see cref="Cell"/> filled in by an earlier call.</summary>
public readonly struct Argument
{
    private Argument(nint value, bool indirect)
    {
        Value = value;
        IsCell = indirect;
    }

    internal nint Value { get; }

    internal bool IsCell { get; }

    public static implicit operator Argument(int value) => new(value, false);

    public static implicit operator Argument(uint value) => new((nint)value, false);

    public static implicit operator Argument(long value) => new((nint)value, false);

    public static implicit operator Argument(ulong value) => new((nint)value, false);

    public static implicit operator Argument(nint value) => new(value, false);

    public static implicit operator Argument(Cell cell) => new(cell.Address, true);

    public static Argument FromInt32(int value) => value;

    public static Argument FromCell(Cell cell) => cell;

    public Argument ToArgument() => this;
}
