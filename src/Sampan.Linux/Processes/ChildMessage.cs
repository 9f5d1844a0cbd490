using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Processes;

/// <summary>What a child says on its <see cref="ChildChannel"/>.</summary>
/// <param name="Step">The step that failed; -1: waiting to be let on; other negative numbers: see the constants.</param>
/// <param name="Descriptor">The terminal's master or the listener, or null.</param>
public sealed record ChildMessage(int Step, Errno Errno, Fd? Descriptor)
{
    public const int Waiting = -1;
    public const int Terminal = -2;

    /// <summary>The seccomp listener comes along.</summary>
    public const int Listener = -3;

    /// <summary>Another child goes on in this one's place; its pid is in the second int.</summary>
    public const int Successor = -4;
}
