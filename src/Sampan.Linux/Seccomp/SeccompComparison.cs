namespace Sampan.Linux.Seccomp;

/// <summary>
/// Code that compares 64-bit arguments with a machine of 32-bit words: the high word decides unless it is equal.
/// </summary>
internal static class SeccompComparison
{
    // marks a jump to the end of the rule, whose distance is known later; real ones here are at most 3
    private const byte ToEnd = 255;

    /// <summary>Appends: return <paramref name="value"/> if all conditions hold, else go on after this code.</summary>
    public static void Add(List<BpfInstruction> code, IReadOnlyList<SeccompCondition> conditions, uint value)
    {
        int start = code.Count;
        foreach (SeccompCondition condition in conditions) AddOne(code, condition);
        code.Add(new(BpfInstruction.Return, 0, 0, value));
        for (int i = start; i < code.Count; i++)
        {
            byte toEnd = (byte)(code.Count - i - 1);
            BpfInstruction instruction = code[i];
            code[i] = instruction with
            {
                JumpTrue = instruction.JumpTrue == ToEnd ? toEnd : instruction.JumpTrue,
                JumpFalse = instruction.JumpFalse == ToEnd ? toEnd : instruction.JumpFalse,
            };
        }
    }

    private static void AddOne(List<BpfInstruction> code, SeccompCondition condition)
    {
        if (condition.Index > 5) throw new FormatException($"seccomp condition on argument {condition.Index}; there are 0 to 5");
        // little endian: the low word comes first
        uint lowOffset = 16 + 8 * condition.Index;
        uint highOffset = lowOffset + 4;
        (uint high, uint low) = ((uint)(condition.Value >> 32), (uint)condition.Value);
        switch (condition.Op)
        {
            case SeccompOperator.Equal:
                Load(code, highOffset);
                Jump(code, BpfInstruction.JumpEqual, high, 0, ToEnd);
                Load(code, lowOffset);
                Jump(code, BpfInstruction.JumpEqual, low, 0, ToEnd);
                break;
            case SeccompOperator.NotEqual:
                Load(code, highOffset);
                Jump(code, BpfInstruction.JumpEqual, high, 0, 2);
                Load(code, lowOffset);
                Jump(code, BpfInstruction.JumpEqual, low, ToEnd, 0);
                break;
            case SeccompOperator.GreaterThan:
            case SeccompOperator.GreaterOrEqual:
                Load(code, highOffset);
                Jump(code, BpfInstruction.JumpGreater, high, 3, 0);
                Jump(code, BpfInstruction.JumpEqual, high, 0, ToEnd);
                Load(code, lowOffset);
                Jump(code, condition.Op == SeccompOperator.GreaterThan
                    ? BpfInstruction.JumpGreater : BpfInstruction.JumpGreaterOrEqual, low, 0, ToEnd);
                break;
            case SeccompOperator.LessThan:
            case SeccompOperator.LessOrEqual:
                Load(code, highOffset);
                Jump(code, BpfInstruction.JumpGreater, high, ToEnd, 0);
                Jump(code, BpfInstruction.JumpEqual, high, 0, 2);
                Load(code, lowOffset);
                Jump(code, condition.Op == SeccompOperator.LessThan
                    ? BpfInstruction.JumpGreaterOrEqual : BpfInstruction.JumpGreater, low, ToEnd, 0);
                break;
            case SeccompOperator.MaskedEqual:
                AddMasked(code, highOffset, high, (uint)(condition.ValueTwo >> 32));
                AddMasked(code, lowOffset, low, (uint)condition.ValueTwo);
                break;
            default:
                throw new FormatException($"unknown seccomp operator {condition.Op}");
        }
    }

    private static void AddMasked(List<BpfInstruction> code, uint offset, uint mask, uint value)
    {
        if (mask == 0 && value == 0) return;
        Load(code, offset);
        if (mask != uint.MaxValue) code.Add(new(BpfInstruction.And, 0, 0, mask));
        Jump(code, BpfInstruction.JumpEqual, value, 0, ToEnd);
    }

    private static void Load(List<BpfInstruction> code, uint offset) => code.Add(new(BpfInstruction.LoadWord, 0, 0, offset));

    private static void Jump(List<BpfInstruction> code, ushort kind, uint value, byte whenTrue, byte whenFalse)
        => code.Add(new(kind, whenTrue, whenFalse, value));
}
