using Sampan.CommandLine;
using Sampan.Engine.Containers;

namespace Sampan.Cli.Arguments;

/// <summary>The flags of <c>sampan run</c>, named as docker and podman name them.</summary>
internal static class RunFlags
{
    public static IReadOnlyList<Flag> All =>
    [
        Flag.List("add-host", "NAME:ADDRESS", "add a line to /etc/hosts"),
        Flag.List("cap-add", "CAP", "give a capability, or ALL"),
        Flag.List("cap-drop", "CAP", "take a capability away, or ALL"),
        RegistryFlags.CertificateDirectory,
        Flag.Text("cidfile", "FILE", "write the container's id to a new file"),
        Flag.Text("cpus", "N", "limit to this many CPUs, for example 1.5"),
        Flag.Switch("detach", "run in the background and print the id", 'd'),
        Flag.List("device", "HOST[:PATH[:rwm]]", "give access to a host device"),
        Flag.List("dns", "ADDRESS", "ask this name server"),
        Flag.Text("entrypoint", "COMMAND", "replace the image's entrypoint; empty removes it"),
        Flag.List("env", "NAME[=VALUE]", "set a variable; without a value take the caller's", 'e'),
        Flag.List("env-file", "FILE", "read variables from a file"),
        Flag.Text("hostname", "NAME", "host name inside", 'h'),
        Flag.Switch("init", "let a small init be process 1, which reaps zombies and passes signals on"),
        Flag.Switch("interactive", "keep stdin open", 'i'),
        Flag.List("log-opt", "KEY=VALUE", "max-size=SIZE begins a new log file, max-file=N keeps so many"),
        Flag.Text("memory", "SIZE", "limit memory, for example 512m", 'm'),
        Flag.List("mount", "KEY=VALUE,...", "type=bind|volume|tmpfs,source=...,target=...[,readonly]"),
        Flag.Text("name", "NAME", "name of the container; made up when not given"),
        Flag.Text("network", "MODE", "bridge, none or host") with { Alias = "net", Default = "bridge", Choices = Networks },
        Flag.Text("network-subnet", "CIDR", "subnet for the container's network; chosen when not given"),
        Flag.Integer("pids-limit", "N", "limit the number of processes; -1 for no limit"),
        Flag.Text("platform", "OS/ARCH", "choose the image for this platform"),
        Flag.Switch("privileged", "give all capabilities and devices: no isolation from root inside"),
        Flag.List("publish", "[[IP:]PORT:]PORT[/PROTO]", "publish a port of the container", 'p'),
        RegistryFlags.Pull,
        Flag.Switch("read-only", "make the root file system read-only"),
        Flag.Switch("rm", "remove the container when it ends"),
        Flag.Switch("rootfs", "IMAGE is a directory to use as the root file system"),
        Flag.List("security-opt", "OPTION", "seccomp=FILE|unconfined or no-new-privileges"),
        Flag.Text("stop-signal", "SIGNAL", "signal that asks the container to end"),
        Flag.Text("storage", "KIND", "keep the image as tars with an index to mount, or as directories") with { Choices = ImageStorage.Names },
        Flag.List("sysctl", "KEY=VALUE", "set a kernel parameter of the container"),
        RegistryFlags.TlsVerify,
        Flag.List("tmpfs", "PATH[:OPTIONS]", "mount an empty file system in memory"),
        Flag.Switch("tty", "give the container a terminal", 't'),
        Flag.List("ulimit", "NAME=SOFT[:HARD]", "set a resource limit"),
        Flag.Text("user", "USER[:GROUP]", "run as this user", 'u'),
        Flag.Text("userns", "MODE", "host, or auto for ids that no other container has") with { Choices = UserNamespaces },
        Flag.List("volume", "[SOURCE:]PATH[:OPTIONS]", "mount a host path or a volume", 'v'),
        Flag.Text("workdir", "DIR", "working directory inside", 'w'),
    ];

    public static readonly string[] Networks = ["bridge", "none", "host"];

    public static readonly string[] UserNamespaces = ["host", "auto"];
}
