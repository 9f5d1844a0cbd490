using Sampan.Linux.Cgroups;
using Sampan.Linux.Files;

namespace Sampan.Runtime.Start;

/// <summary>What a container start needs beside its <see cref="Spec.ContainerSpec"/>.</summary>
public sealed record StartOptions
{
    /// <summary>The root file system, a detached mount (<see cref="Linux.Mounts.DetachedMount"/>).</summary>
    public required Fd RootFileSystem { get; init; }

    /// <summary>It is <see cref="StagingDirectory"/> itself, of which the child has to make a mount.</summary>
    public bool ClonesRoot { get; init; }

    /// <summary>An existing directory over which the root is attached, seen by the container's processes only.</summary>
    public required string StagingDirectory { get; init; }

    public Fd StandardInput { get; init; } = Fd.StandardInput;

    public Fd StandardOutput { get; init; } = Fd.StandardOutput;

    public Fd StandardError { get; init; } = Fd.StandardError;

    public Cgroup? Cgroup { get; init; }

    /// <summary>A user namespace with the container's ids, for mounts that are <see cref="Spec.MountSpec.IdMapped"/>.</summary>
    public Fd? Ids { get; init; }

    /// <summary>
    /// Moves the process, which waits before its first step, into a cgroup that can only be made around a process that exists;
    /// in the place of <see cref="Cgroup"/>.
    /// </summary>
    public Action<int>? EnterCgroup { get; init; }

    /// <summary>How many descriptors from 3 on the process keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>Device nodes can not be made here (inside a user namespace): show those of the host.</summary>
    public bool BindDevices { get; init; }

    /// <summary>A folder for the two fifos by which another process starts the container later; null starts it at once.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>The process keeps the caller's session keyring.</summary>
    public bool KeepKeyring { get; init; }

    /// <summary>The root is moved over the host's instead of being pivoted into: the host's root is an initramfs.</summary>
    public bool WithoutPivot { get; init; }
}
