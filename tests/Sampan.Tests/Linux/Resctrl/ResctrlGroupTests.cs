using Sampan.Linux.Resctrl;

namespace Sampan.Tests.Linux.Resctrl;

/// <summary>On a folder that looks like a resctrl file system: no machine of the tests has the hardware.</summary>
public sealed class ResctrlGroupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("resctrl").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_new_class_is_made_filled_and_removed()
    {
        ResctrlSettings settings = new("web", ["L3:0=f", "MB:0=50"], null);
        ResctrlGroup group = ResctrlGroup.Plan(_root, settings);
        Assert.Equal($"{_root}/web", group.Directory);
        Assert.False(Directory.Exists(group.Directory)); // so far it is only written down
        group.Apply(settings, 4711);
        Assert.Equal("4711", File.ReadAllText($"{_root}/web/tasks"));
        Assert.Equal("MB:0=50\n", File.ReadAllText($"{_root}/web/schemata")); // the last write; the kernel takes each
        File.Delete($"{_root}/web/tasks"); // the kernel's files go with their directory
        File.Delete($"{_root}/web/schemata");
        group.Delete();
        Assert.False(Directory.Exists($"{_root}/web"));
        group.Delete(); // again is fine
    }

    [Fact]
    public void A_class_that_was_there_stays()
    {
        Directory.CreateDirectory($"{_root}/shared");
        ResctrlSettings settings = new("shared", [], null) { MustExist = true };
        ResctrlGroup group = ResctrlGroup.Plan(_root, settings);
        group.Apply(settings, 1);
        group.Delete();
        Assert.True(Directory.Exists($"{_root}/shared"));
    }

    [Fact]
    public void A_class_that_has_to_be_there_and_is_not_is_an_error() =>
        Assert.Contains("class of service none: there is none", Assert.Throws<IOException>(() => ResctrlGroup.Plan(_root, new ResctrlSettings("none", [], null) { MustExist = true })).Message, StringComparison.Ordinal);

    [Fact]
    public void The_default_class_is_the_root_and_monitoring_a_directory_in_it()
    {
        Directory.CreateDirectory($"{_root}/mon_groups");
        ResctrlSettings settings = new("/", [], "box");
        ResctrlGroup group = ResctrlGroup.Plan(_root, settings);
        group.Apply(settings, 12);
        Assert.Equal("12", File.ReadAllText($"{_root}/tasks"));
        Assert.Equal("12", File.ReadAllText($"{_root}/mon_groups/box/tasks"));
        File.Delete($"{_root}/mon_groups/box/tasks");
        group.Delete();
        Assert.False(Directory.Exists($"{_root}/mon_groups/box"));
        Assert.True(Directory.Exists(_root));
    }

    [Fact]
    public void The_kernels_own_words_are_in_the_error()
    {
        Directory.CreateDirectory($"{_root}/info");
        File.WriteAllText($"{_root}/info/last_cmd_status", "mask f0f0f has non-consecutive 1-bits\n");
        Directory.CreateDirectory($"{_root}/bad/schemata"); // a directory: not to be written
        string message = Assert.Throws<IOException>(() => new ResctrlGroup($"{_root}/bad", []).Write(["L3:0=f0f0f"])).Message;
        Assert.Contains("schemata: L3:0=f0f0f: ", message, StringComparison.Ordinal);
        Assert.Contains("(mask f0f0f has non-consecutive 1-bits)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30 20 0:26 / /sys/fs/resctrl rw,relatime shared:9 - resctrl resctrl rw", "", "/sys/fs/resctrl")]
    [InlineData("", "nodev\tresctrl\n", null)]
    [InlineData("", "nodev\ttmpfs\n", null)]
    public void The_root_is_found_or_said_to_be_missing(string mounts, string fileSystems, string? wanted)
    {
        if (wanted is not null) Assert.Equal(wanted, ResctrlGroup.Root(mounts, fileSystems));
        else Assert.Contains(fileSystems.Contains("resctrl", StringComparison.Ordinal) ? "is not mounted; hint: mount -t resctrl" : "no resource director technology",
            Assert.Throws<IOException>(() => ResctrlGroup.Root(mounts, fileSystems)).Message, StringComparison.Ordinal);
    }
}
