using Sampan.Engine.State;
using Sampan.Engine.Volumes;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Spec;

namespace Sampan.Engine.Containers;

/// <summary>What is mounted in a container: the kernel's file systems, its name files, and what was asked for.</summary>
internal static class MountComposer
{
    /// <summary>Makes missing volumes on the way, with what the image has at their paths, and missing sources of <c>-v</c>.</summary>
    /// <param name="content">Of the image, for new volumes.</param>
    /// <exception cref="EngineException">A source does not exist, or an option has no meaning for its mount.</exception>
    public static List<MountSpec> Compose(ContainerOptions options, EnginePaths engine, ContainerPaths paths, VolumeContent content)
    {
        string access = options.Privileged ? "rw" : "ro";
        bool inside = OwnUserNamespace.IsInside;
        bool mapped = options.UserNamespace == "auto";
        string[] terminals = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
        List<MountSpec> mounts =
        [
            new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            new("/dev/pts", "devpts", "devpts", !inside || OwnUserNamespace.HasGroup(5) ? [.. terminals, "gid=5"] : terminals),
            new("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            // only who owns the network namespace may mount its sysfs
            (inside || mapped) && options.Network == "host"
                ? new("/sys", "bind", "/sys", ["rbind", "rprivate", "nosuid", "noexec", "nodev", "rro"])
                : new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", access]),
        ];
        // without a cgroup of its own there is nothing of the container to show
        if (!inside || CgroupLayout.Current.IsWritable)
            mounts.Add(new("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", access]));
        mounts.Add(new("/etc/resolv.conf", "bind", paths.ResolvConf, ["bind", "rprivate"]));
        mounts.Add(new("/etc/hostname", "bind", paths.Hostname, ["bind", "rprivate"]));
        mounts.Add(new("/etc/hosts", "bind", paths.Hosts, ["bind", "rprivate"]));
        VolumeStore volumes = new(engine);
        List<(int Depth, MountSpec Mount)> asked = [];
        for (int i = 0; i < options.Mounts.Count; i++)
        {
            MountOption mount = options.Mounts[i];
            asked.Add((mount.Target.AsSpan().Count('/'), mount.Type switch
            {
                // as docker; a given option wins over these, because later ones do
                "tmpfs" => new(mount.Target, "tmpfs", "tmpfs", ["noexec", "nosuid", "nodev", "mode=1777", .. mount.Options]),
                // what is kept in a volume belongs to 0 and on, whichever ids a container has
                "volume" => Bind(mount, Filled(mount, mount.Source is null ? VolumeStore.Anonymous(paths, i) : volumes.Named(mount.Source), content)) with
                {
                    IdMapped = mapped,
                },
                _ => Bind(mount, Source(mount)),
            }));
        }

        // a mount on /data must not hide the one on /data/cache, whichever was given first
        foreach ((_, MountSpec mount) in asked.OrderBy(one => one.Depth)) mounts.Add(mount);
        return mounts;
    }

    private static string Filled(MountOption mount, string data, VolumeContent content)
    {
        if (!mount.Options.Contains("nocopy")) content.Fill(Path.GetDirectoryName(data)!, mount.Target);
        return data;
    }

    private static string Source(MountOption mount)
    {
        string source = mount.Source ?? throw new EngineException($"mount {mount.Target}: no source");
        if (Path.Exists(source)) return source;
        if (!mount.MakeSource) throw new EngineException($"bind source path does not exist: {source}");
        Directory.CreateDirectory(source);
        return source;
    }

    private static MountSpec Bind(MountOption mount, string source)
    {
        List<string> options = ["rbind", "rprivate"];
        foreach (string option in mount.Options)
        {
            if (option is "z" or "Z" or "copy" or "nocopy" or "cached" or "delegated" or "consistent") continue; // labels and caches that are not here
            options.Add(option is "ro" or "rw" or "nosuid" or "suid" or "nodev" or "dev" or "noexec" or "exec" or "bind" or "rbind"
                or "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave" or "noatime" or "relatime"
                ? option : throw new EngineException($"mount {mount.Target}: unknown option {option}"));
        }

        return new MountSpec(mount.Target, "bind", source, options);
    }
}
