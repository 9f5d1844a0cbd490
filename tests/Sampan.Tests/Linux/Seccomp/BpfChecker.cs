using Sampan.Linux.Seccomp;

namespace Sampan.Tests.Linux.Seccomp;

/// <summary>
/// What the kernel asks of a filter before it takes it: <c>bpf_check_classic</c> (net/core/filter.c) and <c>seccomp_check_filter</c>
/// (kernel/seccomp.c). Jumps only lead forward, so a program whose last instruction returns has no path without an end.
/// </summary>
internal static class BpfChecker
{
    private const int InstructionsMax = 4096;
    private const uint SizeOfSeccompData = 64;

    /// <summary>What is wrong, or null.</summary>
    public static string? Complaint(BpfInstruction[] program)
    {
        if (program.Length is 0 or > InstructionsMax) return $"{program.Length} instructions";
        for (int pc = 0; pc < program.Length; pc++)
        {
            BpfInstruction i = program[pc];
            int room = program.Length - pc - 1; // a jump of this many would lead behind the end
            string? wrong = i.Code switch
            {
                0x20 when i.K % 4 != 0 || i.K >= SizeOfSeccompData => $"loads at {i.K}",
                0x05 when i.K >= room => $"jumps {i.K}, with {room} left",
                0x15 or 0x25 or 0x35 when i.JumpTrue >= room || i.JumpFalse >= room => $"jumps {i.JumpTrue} or {i.JumpFalse}, with {room} left",
                0x20 or 0x05 or 0x15 or 0x25 or 0x35 or 0x54 or 0x06 => null,
                _ => $"opcode {i.Code:x}", // of those that are allowed, the interpreter knows no more
            };
            if (wrong is not null) return $"instruction {pc}: {wrong}";
        }
        return program[^1].Code == 0x06 ? null : "the last instruction does not return";
    }
}
