namespace Sampan.Engine.State;

/// <summary>One container and what it is at the moment.</summary>
/// <param name="Running">Set while it runs (and was started far enough to have a process).</param>
/// <param name="Exit">Set when it ended.</param>
public sealed record ContainerSummary(ContainerRecord Record, ContainerStatus Status, RunState? Running, ExitRecord? Exit);
