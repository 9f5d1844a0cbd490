using Sampan.Engine.Cleanup;
using Sampan.Engine.Containers;
using Sampan.Engine.State;

namespace Sampan.Tests.Engine;

public sealed class ContainerStoreTests : IDisposable
{
    private readonly EngineFolder _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_record_reads_back_as_it_was_written()
    {
        ContainerOptions options = new()
        {
            Image = "a.tar",
            Command = ["echo", "ü \"x\""],
            Remove = true,
            Cpus = 1.5,
            MemoryBytes = 64 << 20,
            Mounts = [new MountOption("bind", "/src", "/dst", ["ro"]), new MountOption("tmpfs", null, "/tmp", [])],
            Publish = ["8080:80"],
        };
        ContainerRecord record = _engine.Store.Create(EngineFolder.Record("web", options) with { Layers = ["/a", "/b"], User = "1:2" });

        ContainerRecord read = _engine.Store.Find("web");

        Assert.Equivalent(record, read, strict: true);
    }

    [Fact]
    public void A_name_belongs_to_one_container()
    {
        _engine.Store.Create(EngineFolder.Record("web"));

        EngineException error = Assert.Throws<EngineException>(() => _engine.Store.Create(EngineFolder.Record("web")));

        Assert.StartsWith("name web is in use by container ", error.Message, StringComparison.Ordinal);
        Assert.Single(_engine.Store.List());
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("-x")]
    [InlineData("a/b")]
    [InlineData(".")]
    public void A_name_that_could_be_a_path_is_refused(string name) =>
        Assert.Throws<EngineException>(() => _engine.Store.Create(EngineFolder.Record(name)));

    [Fact]
    public void A_prefix_of_an_id_finds_its_container_unless_it_is_ambiguous()
    {
        ContainerRecord first = _engine.Store.Create(EngineFolder.Record("") with { Id = new string('a', 64) });
        _engine.Store.Create(EngineFolder.Record("") with { Id = "ab" + new string('c', 62) });

        Assert.Equal(first.Id, _engine.Store.Find("aa").Id);
        Assert.Contains("ambiguous", Assert.Throws<EngineException>(() => _engine.Store.Find("a")).Message, StringComparison.Ordinal);
        Assert.Equal("no container f", Assert.Throws<EngineException>(() => _engine.Store.Find("f")).Message);
    }

    [Fact]
    public void A_container_runs_as_long_as_its_lock_is_held_and_is_lost_when_nobody_recorded_its_end()
    {
        ContainerRecord record = _engine.Store.Create(EngineFolder.Record("web"));
        Assert.Equal(ContainerStatus.Created, _engine.Store.Describe(record).Status);
        using (RunDirectory.TryClaim(_engine.Paths, record.Id))
        {
            Assert.Equal(ContainerStatus.Running, _engine.Store.Describe(record).Status);
            Assert.Null(RunDirectory.TryClaim(_engine.Paths, record.Id));
            Assert.Empty(Sweep.Run(_engine.Paths));
            Assert.True(Directory.Exists(_engine.Paths.Container(record.Id).Run));
        }

        Assert.Equal(ContainerStatus.Lost, _engine.Store.Describe(record).Status);
    }

    [Fact]
    public void The_sweep_finishes_a_container_whose_monitor_is_gone()
    {
        ContainerRecord kept = _engine.Store.Create(EngineFolder.Record("kept"));
        ContainerRecord removed = _engine.Store.Create(EngineFolder.Record("removed", new ContainerOptions { Image = "a", Remove = true }));
        Abandon(kept, keep: true);
        Abandon(removed, keep: true);

        Assert.Empty(Sweep.Run(_engine.Paths));

        ContainerSummary left = Assert.Single(_engine.Store.List());
        Assert.Equal(("kept", ContainerStatus.Lost, 137), (left.Record.Name, left.Status, left.Exit!.Code));
        Assert.Empty(Directory.GetFileSystemEntries(_engine.Paths.RunningContainers));
        Assert.Equal([$"{_engine.Paths.Names}/kept"], Directory.GetFileSystemEntries(_engine.Paths.Names));
    }

    [Fact]
    public void Of_a_container_whose_making_or_removal_was_cut_off_nothing_is_kept()
    {
        ContainerRecord half = _engine.Store.Create(EngineFolder.Record("half"));
        Abandon(half, keep: false);
        ContainerRecord nameless = EngineFolder.Record("nameless");
        Abandon(nameless, keep: false);
        File.CreateSymbolicLink($"{_engine.Paths.Names}/nameless", nameless.Id);
        Directory.CreateDirectory($"{_engine.Paths.RunningContainers}/.{nameless.Id}.1.0");
        Directory.CreateDirectory($"{_engine.Paths.Removed}/{nameless.Id}/upper");

        Assert.Empty(Sweep.Run(_engine.Paths));

        foreach (string directory in new[] { _engine.Paths.RunningContainers, _engine.Paths.Containers, _engine.Paths.Names, _engine.Paths.Removed })
            Assert.Empty(Directory.GetFileSystemEntries(directory));
    }

    private void Abandon(ContainerRecord record, bool keep)
    {
        using RunDirectory claim = RunDirectory.TryClaim(_engine.Paths, record.Id)!;
        if (keep) claim.Keep();
    }
}
