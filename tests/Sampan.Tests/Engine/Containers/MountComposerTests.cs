using Sampan.Engine.Containers;
using Sampan.Engine.State;
using Sampan.Engine.Volumes;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Engine.Containers;

public sealed class MountComposerTests : IDisposable
{
    private readonly EngineFolder _engine = new();
    private readonly string _image = Directory.CreateTempSubdirectory("sampan-image").FullName;

    [Fact]
    public void A_named_volume_is_the_same_directory_for_every_container()
    {
        MountSpec first = Compose(new MountOption("volume", "data", "/x", ["ro"]));
        MountSpec second = Compose(new MountOption("volume", "data", "/y", []));
        Assert.Equal(first.Source, second.Source);
        Assert.True(Directory.Exists(first.Source));
        Assert.Contains("ro", first.Options);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("")]
    public void A_volume_name_that_is_a_path_is_refused(string name) =>
        Assert.Contains("not a name", Assert.Throws<EngineException>(() => Compose(new MountOption("volume", name, "/x", []))).Message);

    [Fact]
    public void An_anonymous_volume_is_in_the_directory_of_its_container()
    {
        MountSpec mount = Compose(new MountOption("volume", null, "/x", []));
        Assert.StartsWith(_engine.Paths.Containers, mount.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_source_is_made_only_where_it_was_asked_for()
    {
        string missing = Path.Combine(_engine.Paths.Data, "missing");
        EngineException error = Assert.Throws<EngineException>(() => Compose(new MountOption("bind", missing, "/x", [])));
        Assert.Equal($"bind source path does not exist: {missing}", error.Message);
        Compose(new MountOption("bind", missing, "/x", []) { MakeSource = true });
        Assert.True(Directory.Exists(missing));
    }

    [Fact]
    public void An_unknown_bind_option_is_refused() =>
        Assert.Contains("unknown option bogus", Assert.Throws<EngineException>(() => Compose(new MountOption("bind", "/tmp", "/x", ["bogus"]))).Message);

    [Fact]
    public void A_tmpfs_is_closed_to_programs_and_devices_unless_asked_otherwise() =>
        Assert.Equal(["noexec", "nosuid", "nodev", "mode=1777", "exec"], Compose(new MountOption("tmpfs", null, "/x", ["exec"])).Options);

    [Fact]
    public void A_mount_never_hides_one_below_it()
    {
        List<MountSpec> mounts = ComposeAll(new MountOption("tmpfs", null, "/x/y", []), new MountOption("tmpfs", null, "/x", []));
        Assert.Equal(["/x", "/x/y"], mounts[^2..].Select(mount => mount.Destination));
    }

    [Fact]
    public void A_new_volume_gets_what_the_image_has_and_keeps_what_it_has_then()
    {
        Directory.CreateDirectory($"{_image}/x/below");
        File.WriteAllText($"{_image}/x/below/file", "of the image");
        File.CreateSymbolicLink($"{_image}/x/link", "/etc/passwd");
        string data = Compose(new MountOption("volume", "data", "/x", [])).Source!;
        Assert.Equal("of the image", File.ReadAllText($"{data}/below/file"));
        Assert.Equal("/etc/passwd", new FileInfo($"{data}/link").LinkTarget);

        Directory.Delete($"{data}/below", recursive: true);
        File.Delete($"{data}/link");
        Assert.Equal(data, Compose(new MountOption("volume", "data", "/x", [])).Source);
        Assert.Empty(Directory.GetFileSystemEntries(data));
    }

    [Fact]
    public void A_volume_that_is_not_to_be_filled_is_empty()
    {
        Directory.CreateDirectory($"{_image}/x/below");
        Assert.Empty(Directory.GetFileSystemEntries(Compose(new MountOption("volume", "data", "/x", ["nocopy"])).Source!));
    }

    [Fact]
    public void A_volumes_path_leads_nowhere_but_into_the_image()
    {
        Directory.CreateDirectory($"{_image}/etc");
        File.WriteAllText($"{_image}/etc/own", "");
        File.CreateSymbolicLink($"{_image}/up", "../../../../../../etc");
        string data = Compose(new MountOption("volume", "data", "/up", [])).Source!;
        Assert.Equal([$"{data}/own"], Directory.GetFileSystemEntries(data));
    }

    [Fact]
    public void A_copy_that_was_killed_half_way_is_made_again()
    {
        Directory.CreateDirectory($"{_image}/x");
        File.WriteAllText($"{_image}/x/whole", "");
        string data = new VolumeStore(_engine.Paths).Named("data");
        File.WriteAllText($"{data}/half", "");
        File.WriteAllText($"{data}/../filling", "");
        Compose(new MountOption("volume", "data", "/x", []));
        Assert.Equal([$"{data}/whole"], Directory.GetFileSystemEntries(data));
    }

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_image, recursive: true);
    }

    private MountSpec Compose(MountOption mount) => ComposeAll(mount)[^1];

    private List<MountSpec> ComposeAll(params MountOption[] mounts)
    {
        ContainerRecord record = EngineFolder.Record("web", new ContainerOptions { Image = "x", Mounts = mounts });
        ContainerPaths paths = _engine.Paths.Container(record.Id);
        Directory.CreateDirectory(paths.Data);
        using Fd root = Paths.Open(_image, OpenFlags.Path | OpenFlags.Directory);
        return MountComposer.Compose(record.Options, _engine.Paths, paths, new VolumeContent(root));
    }
}
