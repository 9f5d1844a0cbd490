using System.Runtime.InteropServices;

namespace Sampan.Linux.Seccomp;

/// <summary><c>struct sock_filter</c> of linux/filter.h: one instruction of a classic BPF program.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
public readonly record struct BpfInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint K)
{
    internal const ushort LoadWord = 0x20;
    internal const ushort And = 0x54;
    internal const ushort Jump = 0x05;
    internal const ushort JumpEqual = 0x15;
    internal const ushort JumpGreater = 0x25;
    internal const ushort JumpGreaterOrEqual = 0x35;
    internal const ushort Return = 0x06;
}
