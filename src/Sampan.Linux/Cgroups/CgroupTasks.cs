using Sampan.Linux.Files;

namespace Sampan.Linux.Cgroups;

/// <summary>A <c>tasks</c> file of cgroup v1, open for writing: a process that writes "0" to it enters.</summary>
public sealed record CgroupTasks(string Path, Fd File);
