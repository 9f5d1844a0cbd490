namespace Sampan.Runtime.Lifecycle;

/// <summary>Flags of <c>create</c>, <c>run</c> and <c>exec</c>.</summary>
public sealed record CreationOptions
{
    public string? PidFile { get; init; }

    /// <summary>Done while the process prepares itself, so that it costs no time: what its caller needs only once it runs.</summary>
    public Action? Meanwhile { get; init; }

    /// <summary>A unix socket that gets the process's pidfd.</summary>
    public string? PidFdSocket { get; init; }

    public int PreservedDescriptors { get; init; }

    /// <summary>Leave the process in the caller's cgroup.</summary>
    public bool WithoutCgroups { get; init; }

    /// <summary>An ordinary user's container stays there where he may make no cgroup, unless it asks for limits.</summary>
    public bool MayGoWithoutCgroup { get; init; }

    /// <summary>Have systemd make the cgroup, as a transient scope.</summary>
    public bool SystemdCgroup { get; init; }

    /// <summary>Keep the caller's session keyring.</summary>
    public bool KeepKeyring { get; init; }

    /// <summary>Move the root instead of pivoting into it: where the host's root is an initramfs.</summary>
    public bool WithoutPivot { get; init; }

    /// <summary>Variables added to those of the configuration.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The caller's <c>NOTIFY_SOCKET</c>, sd_notify(3).</summary>
    public string? NotifySocket { get; init; }

    /// <summary>exec: a cgroup below the container's own.</summary>
    public string? SubCgroup { get; init; }

    /// <summary>exec: also in a paused container.</summary>
    public bool IgnorePaused { get; init; }
}
