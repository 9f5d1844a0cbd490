using Sampan.Linux.Seccomp;

namespace Sampan.Tests.Linux.Seccomp;

/// <summary>Runs the subset of classic BPF that seccomp filters use, with the kernel's rules for jumps and ends.</summary>
internal static class BpfInterpreter
{
    public static uint Run(BpfInstruction[] program, uint architecture, uint number, ulong[] arguments)
    {
        uint a = 0;
        for (int pc = 0; ; pc++)
        {
            BpfInstruction i = program[pc];
            switch (i.Code)
            {
                case 0x20: a = Load(i.K, architecture, number, arguments); break;
                case 0x54: a &= i.K; break;
                case 0x05: pc += (int)i.K; break;
                case 0x15: pc += a == i.K ? i.JumpTrue : i.JumpFalse; break;
                case 0x25: pc += a > i.K ? i.JumpTrue : i.JumpFalse; break;
                case 0x35: pc += a >= i.K ? i.JumpTrue : i.JumpFalse; break;
                case 0x06: return i.K;
                default: throw new InvalidOperationException($"opcode {i.Code:x}");
            }
        }
    }

    private static uint Load(uint offset, uint architecture, uint number, ulong[] arguments) => offset switch
    {
        0 => number,
        4 => architecture,
        _ => (uint)(arguments[(offset - 16) / 8] >> ((offset & 4) == 4 ? 32 : 0)),
    };
}
