namespace Sampan.Engine.State;

/// <summary>The files of one container; each has exactly one writer.</summary>
/// <param name="Data">Survives a reboot.</param>
/// <param name="Run">Exists while a monitor runs, or was killed and is not yet cleaned up after.</param>
public sealed record ContainerPaths(string Data, string Run)
{
    public const string SocketName = "monitor.sock";

    public const string LockName = "lock";

    /// <summary>Written once by the command that makes the container.</summary>
    public string Record => Path.Combine(Data, "record.json");

    /// <summary>What the container changed in its root file system (overlayfs upper).</summary>
    public string Upper => Path.Combine(Data, "upper");

    /// <summary>overlayfs' own scratch directory.</summary>
    public string Work => Path.Combine(Data, "work");

    /// <summary>Anonymous volumes.</summary>
    public string Volumes => Path.Combine(Data, "volumes");

    /// <summary>Written by the monitor.</summary>
    public string Log => Path.Combine(Data, "log.json");

    /// <summary>Written by the monitor, or by the clean-up after it.</summary>
    public string Exit => Path.Combine(Data, "exit.json");

    /// <summary>Held by the process that owns the container, for as long as it lives.</summary>
    public string Lock => Path.Combine(Run, LockName);

    /// <summary>There while the container is made or removed: of one whose owner is killed meanwhile nothing is to be kept.</summary>
    public string Fleeting => Path.Combine(Run, "fleeting");

    /// <summary>Written by the monitor.</summary>
    public string State => Path.Combine(Run, "state.json");

    /// <summary>Where the root file system gets attached, in the container's mount namespace only.</summary>
    public string Staging => Path.Combine(Run, "rootfs");

    /// <summary>Written by the pasta that an ordinary user's network is made of.</summary>
    public string PastaPid => Path.Combine(Run, "pasta.pid");

    public string Hosts => Path.Combine(Run, "hosts");

    public string Hostname => Path.Combine(Run, "hostname");

    public string ResolvConf => Path.Combine(Run, "resolv.conf");
}
