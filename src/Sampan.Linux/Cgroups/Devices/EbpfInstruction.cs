namespace Sampan.Linux.Cgroups.Devices;

/// <summary><c>struct bpf_insn</c>, linux/bpf.h.</summary>
/// <param name="Code">One of the constants here.</param>
/// <param name="Registers">The destination in the low four bits, the source in the high ones.</param>
/// <param name="Offset">How many instructions a jump skips, or a load's place.</param>
internal readonly record struct EbpfInstruction(byte Code, byte Registers, short Offset, int Value)
{
    /// <summary>BPF_LDX | BPF_MEM | BPF_W: destination = 32 bits at source + offset.</summary>
    public const byte Load = 0x61;

    /// <summary>BPF_ALU | BPF_RSH | BPF_K, on the low 32 bits.</summary>
    public const byte ShiftRight = 0x74;

    /// <summary>BPF_ALU | BPF_AND | BPF_K.</summary>
    public const byte And = 0x54;

    /// <summary>BPF_ALU | BPF_MOV | BPF_X: destination = source.</summary>
    public const byte Copy = 0xBC;

    /// <summary>BPF_ALU64 | BPF_MOV | BPF_K.</summary>
    public const byte Set = 0xB7;

    /// <summary>BPF_JMP32 | BPF_JNE | BPF_K.</summary>
    public const byte JumpIfNot = 0x56;

    /// <summary>BPF_JMP32 | BPF_JSET | BPF_K: jumps when a bit of the value is set.</summary>
    public const byte JumpIfAny = 0x46;

    /// <summary>BPF_JMP | BPF_JA.</summary>
    public const byte Jump = 0x05;

    public const byte Exit = 0x95;

    public int Destination => Registers & 0xF;

    public int Source => Registers >> 4;
}
