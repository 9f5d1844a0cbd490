namespace Sampan.Linux.Cgroups.Devices;

/// <summary><c>struct bpf_insn</c>, linux/bpf.h.</summary>
/// <param name="Code">One of the constants here.</param>
/// <param name="Registers">The destination in the low four bits, the source in the high ones.</param>
/// <param name="Offset">How many instructions a jump skips, or a load's place.</param>
internal readonly record struct EbpfInstruction(byte Code, byte Registers, short Offset, int Value)
{
    /// <summary>Destination = 32 bits at source + offset.</summary>
    [C("BPF_LDX | BPF_MEM | BPF_W")] public const byte Load = 0x61;

    /// <summary>Of the low 32 bits.</summary>
    [C("BPF_ALU | BPF_RSH | BPF_K")] public const byte ShiftRight = 0x74;

    [C("BPF_ALU | BPF_AND | BPF_K")] public const byte And = 0x54;

    /// <summary>Destination = source.</summary>
    [C("BPF_ALU | BPF_MOV | BPF_X")] public const byte Copy = 0xBC;

    [C("BPF_ALU64 | BPF_MOV | BPF_K")] public const byte Set = 0xB7;

    [C("BPF_JMP32 | BPF_JNE | BPF_K")] public const byte JumpIfNot = 0x56;

    /// <summary>Jumps when a bit of the value is set.</summary>
    [C("BPF_JMP32 | BPF_JSET | BPF_K")] public const byte JumpIfAny = 0x46;

    [C("BPF_JMP | BPF_JA")] public const byte Jump = 0x05;

    [C("BPF_JMP | BPF_EXIT")] public const byte Exit = 0x95;

    public int Destination => Registers & 0xF;

    public int Source => Registers >> 4;
}
