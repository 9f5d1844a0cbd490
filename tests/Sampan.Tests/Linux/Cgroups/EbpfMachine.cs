using Sampan.Linux.Cgroups.Devices;

namespace Sampan.Tests.Linux.Cgroups;

/// <summary>Executes the instructions that device programs are made of, as the kernel would.</summary>
internal static class EbpfMachine
{
    /// <param name="context">What register 1 points at.</param>
    /// <returns>Register 0 at the exit.</returns>
    public static ulong Run(EbpfInstruction[] program, uint[] context)
    {
        ulong[] registers = new ulong[11];
        for (int at = 0; ; at++)
        {
            EbpfInstruction one = program[at]; // leaving the program is an error of the test, as it is one of the verifier
            ref ulong target = ref registers[one.Destination];
            switch (one.Code)
            {
                case EbpfInstruction.Load: target = context[one.Offset / 4]; break;
                case EbpfInstruction.Copy: target = (uint)registers[one.Source]; break;
                case EbpfInstruction.ShiftRight: target = (uint)target >> one.Value; break;
                case EbpfInstruction.And: target = (uint)target & (uint)one.Value; break;
                case EbpfInstruction.Set: target = (ulong)one.Value; break;
                case EbpfInstruction.Jump: at += one.Offset; break;
                case EbpfInstruction.JumpIfNot when (uint)target != (uint)one.Value: at += one.Offset; break;
                case EbpfInstruction.JumpIfAny when ((uint)target & (uint)one.Value) != 0: at += one.Offset; break;
                case EbpfInstruction.JumpIfNot or EbpfInstruction.JumpIfAny: break;
                case EbpfInstruction.Exit: return registers[0];
                default: throw new InvalidOperationException($"code {one.Code:x}");
            }
        }
    }
}
