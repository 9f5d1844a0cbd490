namespace Sampan.Engine.Containers;

/// <summary>What the user asked of <c>sampan run</c>: every flag, parsed and validated, nothing resolved yet.</summary>
public sealed record ContainerOptions
{
    /// <summary>An archive, layout or image name; with <see cref="RootFileSystem"/> a plain directory.</summary>
    public required string Image { get; init; }

    /// <summary>The image is a directory to be used as the root file system as it is (<c>--rootfs</c>).</summary>
    public bool RootFileSystem { get; init; }

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Null keeps the image's entrypoint; an empty string removes it.</summary>
    public string? Entrypoint { get; init; }

    public string? Name { get; init; }

    public bool Interactive { get; init; }

    public bool Terminal { get; init; }

    public bool Detach { get; init; }

    public bool Remove { get; init; }

    public bool Init { get; init; }

    /// <summary><c>NAME=value</c>, later ones win; env files are already read.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public string? Hostname { get; init; }

    /// <summary><c>bridge</c>, <c>none</c> or <c>host</c>.</summary>
    public string Network { get; init; } = "bridge";

    /// <summary>For example <c>100.100.1.0/24</c>; null chooses one that collides with no route.</summary>
    public string? NetworkSubnet { get; init; }

    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary><c>name:address</c>.</summary>
    public IReadOnlyList<string> AddHosts { get; init; } = [];

    /// <summary>Docker's <c>[address:][hostPort:]containerPort[/protocol]</c>, with ranges.</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];

    /// <summary>Size at which a log file is closed and the next begun; null for no limit.</summary>
    public long? LogFileBytes { get; init; }

    /// <summary>How many log files are kept; null for one.</summary>
    public long? LogFiles { get; init; }

    public IReadOnlyList<MountOption> Mounts { get; init; } = [];

    public bool ReadOnly { get; init; }

    public long? MemoryBytes { get; init; }

    /// <summary>CPUs as a fraction, for example 1.5.</summary>
    public double? Cpus { get; init; }

    public long? PidsLimit { get; init; }

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public bool Privileged { get; init; }

    /// <summary>A seccomp profile's path, <c>unconfined</c>, or null for the default profile.</summary>
    public string? SeccompProfile { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary><c>host</c> (default) or <c>auto</c>.</summary>
    public string? UserNamespace { get; init; }

    /// <summary><c>name=soft[:hard]</c>.</summary>
    public IReadOnlyList<string> Ulimits { get; init; } = [];

    /// <summary><c>host[:container[:rwm]]</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary><c>key=value</c>.</summary>
    public IReadOnlyList<string> Sysctls { get; init; } = [];

    public string? StopSignal { get; init; }

    public string? CidFile { get; init; }

    /// <summary><c>os/architecture[/variant]</c>.</summary>
    public string? Platform { get; init; }

    /// <summary><c>auto</c>, <c>erofs</c> or <c>directory</c>; null for what the environment says.</summary>
    public string? Storage { get; init; }
}
