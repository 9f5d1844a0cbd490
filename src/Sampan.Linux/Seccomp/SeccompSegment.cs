namespace Sampan.Linux.Seccomp;

/// <summary>The code for all system call numbers from <paramref name="Start"/> to the next segment's start.</summary>
internal readonly record struct SeccompSegment(uint Start, BpfInstruction[] Code);
