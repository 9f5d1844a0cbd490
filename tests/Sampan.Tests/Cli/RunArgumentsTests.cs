using Sampan.Cli.Arguments;
using Sampan.CommandLine;
using Sampan.Engine.Containers;

namespace Sampan.Tests.Cli;

public class RunArgumentsTests
{
    [Fact]
    public void A_plain_run_has_dockers_defaults()
    {
        ContainerOptions options = Read("busybox.tar");
        Assert.Equal("busybox.tar", options.Image);
        Assert.Equal("bridge", options.Network);
        Assert.Empty(options.Command);
        Assert.Null(options.Entrypoint);
        Assert.Null(options.MemoryBytes);
    }

    [Fact]
    public void The_common_flags_arrive()
    {
        ContainerOptions options = Read("--rm", "-it", "--name", "web", "-h", "box", "-m", "512m", "--cpus=1.5", "--net", "none",
            "-u", "1000:1000", "-w", "/srv", "--entrypoint=", "--read-only", "--pids-limit", "64", "-p", "127.0.0.1:8080:80/tcp",
            "--security-opt", "no-new-privileges", "--security-opt", "seccomp=unconfined", "--ulimit", "nofile=10:20",
            "x", "sh", "-c", "--rm=no");
        Assert.True(options.Remove && options.Interactive && options.Terminal && options.ReadOnly && options.NoNewPrivileges);
        Assert.Equal(("web", "box", "none", ""), (options.Name, options.Hostname, options.Network, options.Entrypoint));
        Assert.Equal((512L << 20, 1.5, 64L), (options.MemoryBytes, options.Cpus, options.PidsLimit));
        Assert.Equal("unconfined", options.SeccompProfile);
        Assert.Equal(["sh", "-c", "--rm=no"], options.Command);
    }

    [Theory]
    [InlineData("1048576", 1048576)]
    [InlineData("64k", 65536)]
    [InlineData("1.5G", 1610612736)]
    [InlineData("2MiB", 2097152)]
    [InlineData("7b", 7)]
    public void Sizes_are_powers_of_1024(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse("--memory", text));

    [Fact]
    public void Env_files_come_first_and_bare_names_import()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# comment\n\nA=1 \n  HOME\nMISSING\nQ=\"x\"\n");
            ContainerOptions options = Read("--env", "A=2", "-e", "HOME", "-e", "MISSING", "--env-file", file, "x");
            Assert.Equal(["A=1 ", "HOME=/home/me", "Q=\"x\"", "A=2", "HOME=/home/me"], options.Environment);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Volumes_mounts_and_tmpfs_become_mount_options()
    {
        IReadOnlyList<MountOption> mounts = Read("-v", "/src/../a:/a/:ro", "-v", "data:/b", "-v", "/c", "-v", "./d:/d",
            "--mount", "type=bind,src=/e,dst=/e,readonly", "--tmpfs", "/f:size=64m,mode=700", "x").Mounts;
        Assert.Equal(["bind /a /a ro", "volume data /b ", "volume  /c ", $"bind {Path.GetFullPath("d")} /d ", "bind /e /e ro",
            "tmpfs  /f size=64m,mode=700"], mounts.Select(m => $"{m.Type} {m.Source} {m.Target} {string.Join(',', m.Options)}"));
    }

    [Theory]
    [InlineData("flag --memory: not a size: lots; for example 512m, 1g or 1048576", "-m", "lots")]
    [InlineData("flag --memory: not a size: -1; for example 512m, 1g or 1048576", "-m", "-1")]
    [InlineData("flag --cpus: invalid value 'two'; wanted: a number of at least 0.01", "--cpus", "two")]
    [InlineData("flag --network: invalid value 'lan'; wanted: one of bridge, none, host", "--network=lan")]
    [InlineData("flag --volume: the path in the container is not absolute: /a:b", "-v", "/a:b")]
    [InlineData("flag --volume: can not mount over / in the container: /a:/x/..", "-v", "/a:/x/..")]
    [InlineData("flag --volume: not a volume name: a/b; for a host path write /a/b or ./a/b", "-v", "a/b:/c")]
    [InlineData("flag --mount: unknown key foo in type=bind,foo=1", "--mount", "type=bind,foo=1")]
    [InlineData("two mounts on /a", "-v", "/x:/a", "--tmpfs", "/a")]
    [InlineData("flag --env: no variable name in =1", "-e", "=1")]
    public void Malformed_values_get_one_clear_line(string message, params string[] flags) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Read([.. flags, "x"])).Message);

    [Theory]
    [InlineData("--name", "../x")]
    [InlineData("--name", "x")]
    [InlineData("--name", "-ab")]
    [InlineData("-h", "a b")]
    [InlineData("-w", "srv")]
    [InlineData("-p", "80:80/icmp")]
    [InlineData("-p", "0")]
    [InlineData("-p", "1-3:1-2")]
    [InlineData("--dns", "google")]
    [InlineData("--network-subnet", "10.0.0.0")]
    [InlineData("--userns", "keep-id")]
    [InlineData("--device", "/dev/x:/dev/y:q")]
    [InlineData("--ulimit", "nofile")]
    [InlineData("--security-opt", "label=disable")]
    [InlineData("--pids-limit", "-5")]
    public void Values_out_of_shape_are_refused(string flag, string value) =>
        Assert.Throws<UsageException>(() => Read(flag, value, "x"));

    [Theory]
    [InlineData("80")]
    [InlineData("8080:80")]
    [InlineData("1000-1002:2000-2002/udp")]
    [InlineData("8000-9000:80")]
    [InlineData("127.0.0.1::80")]
    [InlineData("[::1]:8080:80")]
    public void Port_mappings_of_dockers_shapes_are_taken(string text) => Assert.True(PortMapping.IsValid(text));

    private static ContainerOptions Read(params string[] arguments)
    {
        ContainerOptions? options = null;
        var command = new Command("run", "")
        {
            StopsAtPositional = true,
            MinPositionals = 1,
            Flags = RunFlags.All,
            Handler = parsed =>
            {
                options = RunArguments.Read(parsed, name => name == "HOME" ? "/home/me" : null);
                return 0;
            },
        };
        new CommandSet("sampan", "", [new CommandEntry("run", "", "", () => command)]).Run(["run", .. arguments], TextWriter.Null);
        return options!;
    }
}
