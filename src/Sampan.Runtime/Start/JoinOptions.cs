using Sampan.Linux.Cgroups;
using Sampan.Linux.Files;

namespace Sampan.Runtime.Start;

/// <summary>What a further process in a running container needs beside its <see cref="Spec.ProcessSpec"/>.</summary>
public sealed record JoinOptions
{
    public Fd StandardInput { get; init; } = Fd.StandardInput;

    public Fd StandardOutput { get; init; } = Fd.StandardOutput;

    public Fd StandardError { get; init; } = Fd.StandardError;

    public Cgroup? Cgroup { get; init; }

    public int PreservedDescriptors { get; init; }
}
