using Sampan.Engine.Containers;
using Sampan.Engine.State;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Engine.Containers;

public sealed class MountComposerTests : IDisposable
{
    private readonly EngineFolder _engine = new();

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

    public void Dispose() => _engine.Dispose();

    private MountSpec Compose(MountOption mount) => ComposeAll(mount)[^1];

    private List<MountSpec> ComposeAll(params MountOption[] mounts)
    {
        ContainerRecord record = EngineFolder.Record("web", new ContainerOptions { Image = "x", Mounts = mounts });
        ContainerPaths paths = _engine.Paths.Container(record.Id);
        Directory.CreateDirectory(paths.Data);
        return MountComposer.Compose(record.Options, _engine.Paths, paths);
    }
}
