using Sampan.Linux.Files;

namespace Sampan.Linux.Processes;

/// <summary>A child made by <see cref="Cloning.Clone"/>.</summary>
/// <param name="Pid">As seen from this process.</param>
/// <param name="PidFd">pidfd_open(2): refers to this child and never to another process that gets its number.</param>
public sealed record Cloned(int Pid, Fd PidFd);
