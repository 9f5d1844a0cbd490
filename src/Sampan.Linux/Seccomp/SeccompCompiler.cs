using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Seccomp;

/// <summary>
/// Translates a profile into a classic BPF program over <c>struct seccomp_data</c>, seccomp(2): one binary search over
/// the system call numbers for each architecture, with the argument comparisons at its leaves.
/// </summary>
public static class SeccompCompiler
{
    // linux/audit.h
    [C("AUDIT_ARCH_I386")] private const uint AuditI386 = 0x40000003;
    [C("AUDIT_ARCH_X86_64")] private const uint AuditX8664 = 0xC000003E;

    // struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6]
    [C("offsetof(struct seccomp_data, nr)")] private const uint NumberOffset = 0;
    [C("offsetof(struct seccomp_data, arch)")] private const uint ArchitectureOffset = 4;

    [C("BPF_MAXINSNS")] private const int MaxInstructions = 4096;

    /// <summary>
    /// A rule without conditions decides alone; else the first rule whose conditions hold does. A call by an
    /// architecture that is not in the profile kills the process; x32 numbers without x32 in the profile are ENOSYS, as
    /// on a kernel without x32. Where the default is an error, calls newer than everything the profile names get ENOSYS
    /// instead, so that C libraries fall back to older ones.
    /// </summary>
    /// <exception cref="FormatException">A condition is invalid or the program becomes too long for the kernel.</exception>
    public static BpfInstruction[] Compile(SeccompProfile profile)
    {
        List<BpfInstruction> program = new(512) { new(BpfInstruction.LoadWord, 0, 0, ArchitectureOffset) };
        AddArchitecture(program, AuditX8664, NativeSegments(profile));
        if (profile.Architectures.Contains(SeccompArchitecture.X86))
            AddArchitecture(program, AuditI386, new SeccompSegments(profile, SeccompArchitecture.X86).Build());
        program.Add(new(BpfInstruction.Return, 0, 0, (uint)SeccompAction.KillProcess));
        if (program.Count > MaxInstructions)
            throw new FormatException($"seccomp profile needs {program.Count} BPF instructions, the kernel takes {MaxInstructions}");
        return [.. program];
    }

    private static List<SeccompSegment> NativeSegments(SeccompProfile profile)
    {
        List<SeccompSegment> segments = new SeccompSegments(profile, SeccompArchitecture.X8664).Build();
        // x32 calls arrive as the same architecture, with their own bit in the number
        segments.RemoveAll(segment => segment.Start >= SyscallTable.X32Bit);
        if (!profile.Architectures.Contains(SeccompArchitecture.X32))
        {
            segments.Add(new(SyscallTable.X32Bit, [new(BpfInstruction.Return, 0, 0, (uint)SeccompAction.Errno | (uint)Errno.ENOSYS)]));
            return segments;
        }

        List<SeccompSegment> x32 = new SeccompSegments(profile, SeccompArchitecture.X32).Build();
        int first = x32.FindLastIndex(segment => segment.Start <= SyscallTable.X32Bit);
        segments.Add(x32[first] with { Start = SyscallTable.X32Bit });
        segments.AddRange(x32[(first + 1)..]);
        return segments;
    }

    private static void AddArchitecture(List<BpfInstruction> program, uint audit, List<SeccompSegment> segments)
    {
        program.Add(new(BpfInstruction.JumpEqual, 1, 0, audit));
        int skip = program.Count;
        program.Add(default);
        program.Add(new(BpfInstruction.LoadWord, 0, 0, NumberOffset));
        AddSearch(program, CollectionsMarshal.AsSpan(segments));
        program[skip] = new(BpfInstruction.Jump, 0, 0, (uint)(program.Count - skip - 1));
    }

    private static void AddSearch(List<BpfInstruction> program, ReadOnlySpan<SeccompSegment> segments)
    {
        if (segments.Length == 1)
        {
            program.AddRange(segments[0].Code);
            return;
        }

        int middle = segments.Length / 2;
        int branch = program.Count;
        program.Add(default);
        AddSearch(program, segments[..middle]);
        int left = program.Count - branch - 1;
        uint boundary = segments[middle].Start;
        if (left <= byte.MaxValue)
        {
            program[branch] = new(BpfInstruction.JumpGreaterOrEqual, (byte)left, 0, boundary);
        }
        else
        {
            // a conditional jump reaches 255 instructions; an unconditional one reaches any
            program[branch] = new(BpfInstruction.JumpGreaterOrEqual, 0, 1, boundary);
            program.Insert(branch + 1, new(BpfInstruction.Jump, 0, 0, (uint)left));
        }

        AddSearch(program, segments[middle..]);
    }
}
