using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Processes.Program;

/// <summary>
/// The list of system calls that a child makes between clone and exec, with all memory that they point at. It is built by
/// ordinary code before the clone, in native memory that the child inherits, so that nothing has to be computed there.
/// </summary>
public sealed unsafe class ChildProgram : IDisposable
{
    private const int ChunkBytes = 32 * 1024;

    private readonly List<nint> _chunks = [];
    private readonly List<string> _steps = [];
    private readonly List<(int Index, int Slot, Label Label)> _patches = [];
    private Instruction* _instructions;
    private int _count;
    private int _capacity;
    private byte* _free;
    private int _left;

    /// <summary>One line a step, as <c>plan</c> prints it and errors name it: <c>mount(proc, /proc, proc, nosuid|nodev|noexec)</c>.</summary>
    public IReadOnlyList<string> Steps => _steps;

    public int InstructionCount => _count;

    internal int LastSlot { get; set; }

    internal ref Instruction this[int index] => ref _instructions[index];

    /// <summary>Begins a step: the following calls belong to it.</summary>
    public void Step(string description) => _steps.Add(description);

    /// <summary>Adds a system call with up to six arguments.</summary>
    public CallBuilder Call(
        int number, Argument a0 = default, Argument a1 = default, Argument a2 = default,
        Argument a3 = default, Argument a4 = default, Argument a5 = default)
    {
        if (_count == _capacity)
        {
            _capacity = Math.Max(256, _capacity * 2);
            _instructions = (Instruction*)NativeMemory.Realloc(_instructions, (nuint)(_capacity * sizeof(Instruction)));
        }
        _instructions[_count] = new Instruction
        {
            Number = number,
            Step = _steps.Count - 1,
            Indirect = (a0.IsCell ? 1 : 0) | (a1.IsCell ? 2 : 0) | (a2.IsCell ? 4 : 0) | (a3.IsCell ? 8 : 0) | (a4.IsCell ? 16 : 0) | (a5.IsCell ? 32 : 0),
            A0 = a0.Value,
            A1 = a1.Value,
            A2 = a2.Value,
            A3 = a3.Value,
            A4 = a4.Value,
            A5 = a5.Value,
            OnSuccess = 1,
        };
        return new CallBuilder(this, _count++);
    }

    /// <summary>Fails with <paramref name="otherwise"/> unless the 32 bits at an address equal a value where the mask has ones.</summary>
    public CallBuilder Compare(nint address, uint value, uint mask, Errno otherwise) =>
        Call(Instruction.Compare, address, value & mask, mask, (int)otherwise);

    /// <summary>Fails with <paramref name="otherwise"/> unless the 32 bits at an address equal those of a cell.</summary>
    public CallBuilder Compare(nint address, Cell value, Errno otherwise) =>
        Call(Instruction.Compare, address, value, uint.MaxValue, (int)otherwise);

    /// <summary>Puts the sum of a cell and a number into another cell.</summary>
    public void Add(Cell cell, int number, Cell sum) => Call(Instruction.Add, cell, number).Into(sum);

    /// <summary>Fails with this error.</summary>
    public void Fail(Errno errno) => Call(Instruction.Fail, (int)errno);

    /// <summary>Continues at a label.</summary>
    public void Jump(Label label) => Call(Instruction.Jump).OnSuccess(label);

    /// <summary>The next instruction is where <paramref name="label"/> points.</summary>
    public void Mark(Label label) => label.Position = _count;

    /// <summary>A cell with an initial value.</summary>
    public Cell Cell(int value = -1)
    {
        int* cell = (int*)Allocate(sizeof(int));
        *cell = value;
        return new Cell((nint)cell);
    }

    /// <summary>Zeroed memory, aligned to 8.</summary>
    public nint Space(int bytes) => (nint)Allocate(bytes);

    /// <summary>A copy of bytes.</summary>
    public nint Bytes(ReadOnlySpan<byte> bytes)
    {
        byte* copy = Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return (nint)copy;
    }

    /// <summary>A copy of any plain structure or of an array's elements.</summary>
    public nint Data<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Bytes(MemoryMarshal.AsBytes(values));

    /// <summary>Fills memory that was made here before.</summary>
    public static void Write(nint address, ReadOnlySpan<nint> values) => values.CopyTo(new Span<nint>((void*)address, values.Length));

    /// <summary>A NUL-terminated UTF-8 string.</summary>
    public nint Text(string text)
    {
        if (text.Contains('\0')) throw new ArgumentException($"a NUL character in {text.Replace('\0', '?')}", nameof(text));
        int length = Encoding.UTF8.GetByteCount(text);
        byte* copy = Allocate(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
        return (nint)copy;
    }

    /// <summary>A NULL-terminated array of strings, as argv and envp.</summary>
    public nint Texts(IReadOnlyList<string> texts)
    {
        nint* array = (nint*)Allocate((texts.Count + 1) * sizeof(nint));
        for (int i = 0; i < texts.Count; i++) array[i] = Text(texts[i]);
        return (nint)array;
    }

    public void Dispose()
    {
        NativeMemory.Free(_instructions);
        _instructions = null;
        foreach (nint chunk in _chunks) NativeMemory.Free((void*)chunk);
        _chunks.Clear();
    }

    internal void Patch(int index, int slot, Label label) => _patches.Add((index, slot, label));

    /// <summary>Resolves the labels; the program is complete.</summary>
    internal Instruction* Finish()
    {
        foreach ((int index, int slot, Label label) in _patches)
        {
            if (label.Position < 0) throw new InvalidOperationException($"step {_steps[_instructions[index].Step]}: jump to nowhere");
            int distance = label.Position - index;
            switch (slot)
            {
                case 0: _instructions[index].OnSuccess = distance; break;
                case 1: _instructions[index].OnFirstErrno = distance; break;
                case 2: _instructions[index].OnSecondErrno = distance; break;
                default: _instructions[index].OnThirdErrno = distance; break;
            }
        }
        _patches.Clear();
        return _instructions;
    }

    private byte* Allocate(int bytes)
    {
        bytes = (bytes + 7) & ~7;
        if (bytes > _left)
        {
            int size = Math.Max(ChunkBytes, bytes);
            _free = (byte*)NativeMemory.AllocZeroed((nuint)size);
            _chunks.Add((nint)_free);
            _left = size;
        }
        byte* start = _free;
        _free += bytes;
        _left -= bytes;
        return start;
    }
}
