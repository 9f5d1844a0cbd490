using Sampan.Linux.Files;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Runtime.Lifecycle;

public sealed class HomeDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sampan-home-").FullName;

    public HomeDirectoryTests()
    {
        Directory.CreateDirectory($"{_root}/etc");
        File.WriteAllText($"{_root}/etc/passwd", "root:x:0:0::/root:/bin/sh\nbad\nrelative:x:5:5::home:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(0u, "/root")]
    [InlineData(1000u, "/home/user")]
    [InlineData(5u, "/")]
    [InlineData(4711u, "/")]
    public void The_home_is_that_of_the_user_in_the_roots_passwd(uint uid, string home)
        => Assert.Equal(["A=b", $"HOME={home}"], Environment(uid, ["A=b"], []));

    [Fact]
    public void A_home_that_is_given_stays() => Assert.Equal(["HOME=/given"], Environment(0, ["HOME=/given"], []));

    [Fact]
    public void An_empty_home_is_replaced() => Assert.Equal(["HOME=/root"], Environment(0, ["HOME="], []));

    [Fact]
    public void A_passwd_that_is_mounted_over_the_roots_counts()
    {
        File.WriteAllText($"{_root}/other", "root:x:0:0::/elsewhere:/bin/sh\n");

        Assert.Equal(["HOME=/elsewhere"], Environment(0, [], [new MountSpec("/etc/passwd", "bind", $"{_root}/other", ["bind"])]));
    }

    [Fact]
    public void A_fifo_or_a_link_out_of_the_root_in_place_of_passwd_does_no_harm()
    {
        File.Delete($"{_root}/etc/passwd");
        Nodes.MakeFifo($"{_root}/etc/passwd", 0x1A4);
        Assert.Equal(["HOME=/"], Environment(0, [], []));
        File.Delete($"{_root}/etc/passwd");
        File.CreateSymbolicLink($"{_root}/etc/passwd", "../../../../etc/passwd");
        Assert.Equal(["HOME=/"], Environment(0, [], []));
    }

    private IReadOnlyList<string> Environment(uint uid, string[] environment, MountSpec[] mounts)
    {
        using Fd root = Paths.Open(_root, OpenFlags.Path | OpenFlags.Directory);
        ProcessSpec process = new() { Arguments = ["true"], Environment = environment, User = new UserSpec(uid) };
        return HomeDirectory.AddTo(process, root, mounts).Environment;
    }
}
