using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Processes;

/// <summary>What a child says on its <see cref="ChildChannel"/>.</summary>
/// <param name="Step">The step that failed; -1: waiting to be let on; -2: a descriptor comes along.</param>
/// <param name="Descriptor">The terminal's master, or null.</param>
public sealed record ChildMessage(int Step, Errno Errno, Fd? Descriptor)
{
    public const int Waiting = -1;
    public const int Terminal = -2;
}
