using System.Runtime.InteropServices;

namespace Sampan.Linux.Seccomp;

/// <summary><c>struct sock_filter</c> of linux/filter.h: one instruction of a classic BPF program.</summary>
[C("struct sock_filter")]
[StructLayout(LayoutKind.Sequential, Size = 8)]
public readonly record struct BpfInstruction(ushort Code, [field: C("jt")] byte JumpTrue, [field: C("jf")] byte JumpFalse, uint K)
{
    [C("BPF_LD | BPF_W | BPF_ABS")] internal const ushort LoadWord = 0x20;
    [C("BPF_ALU | BPF_AND | BPF_K")] internal const ushort And = 0x54;
    [C("BPF_JMP | BPF_JA")] internal const ushort Jump = 0x05;
    [C("BPF_JMP | BPF_JEQ | BPF_K")] internal const ushort JumpEqual = 0x15;
    [C("BPF_JMP | BPF_JGT | BPF_K")] internal const ushort JumpGreater = 0x25;
    [C("BPF_JMP | BPF_JGE | BPF_K")] internal const ushort JumpGreaterOrEqual = 0x35;
    [C("BPF_RET | BPF_K")] internal const ushort Return = 0x06;
}
