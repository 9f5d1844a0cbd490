using Sampan.Linux.Files;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Tests.Runtime.State;

public sealed class StateStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sampan-state-").FullName;
    private readonly StateStore _store;

    public StateStoreTests() => _store = new StateStore($"{_folder}/root");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> BadIds => ["", ".", "..", "/", "a/b", "../a", "/etc", "a b", "a\nb", "a\0b", "ä", "a:b", "%2e%2e", new string('a', 1025)];

    [Theory]
    [MemberData(nameof(BadIds))]
    public void An_id_that_could_be_a_path_is_refused_by_every_verb(string id)
    {
        foreach (Action verb in new Action[] { () => _store.Claim(id), () => _store.Read(id), () => _store.Remove(id) })
            Assert.Equal($"invalid container ID format: {id}", Assert.Throws<LifecycleException>(verb).Message);
        Assert.False(Directory.Exists(_store.Root));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("...")]
    [InlineData("Web-1_2+3.4")]
    public void An_id_of_letters_digits_and_four_signs_is_a_folder(string id)
    {
        Assert.Equal($"{_store.Root}/{id}", _store.Claim(id));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_store.DirectoryOf(id)));
    }

    [Fact]
    public void An_id_is_claimed_once()
    {
        _store.Claim("web");

        Assert.Equal("container with given ID already exists: web", Assert.Throws<LifecycleException>(() => _store.Claim("web")).Message);
    }

    [Fact]
    public void A_container_that_is_not_there_is_not_found()
        => Assert.Equal("container does not exist: web", Assert.Throws<LifecycleException>(() => _store.Read("web")).Message);

    [Fact]
    public void A_state_is_read_back_as_it_was_written()
    {
        _store.Claim("web");
        ContainerState state = State("web") with { CgroupPath = "/web", Annotations = new Dictionary<string, string> { ["key"] = "a \"value\"" } };
        _store.Write(state);

        ContainerState read = _store.Read("web");
        Assert.Equal(state with { Annotations = read.Annotations }, read);
        Assert.Equal(state.Annotations, read.Annotations);
        Assert.False(File.Exists($"{_store.DirectoryOf("web")}/state.json.new"));
    }

    [Fact]
    public void Containers_are_listed_by_id_without_those_that_have_no_state()
    {
        Assert.Empty(_store.List());
        foreach (string id in new[] { "b", "half", "a" }) _store.Claim(id);
        _store.Write(State("b"));
        _store.Write(State("a"));

        Assert.Equal(["a", "b"], _store.List().Select(state => state.Id));
    }

    [Fact]
    public void The_status_follows_the_process_and_the_start_fifo()
    {
        _store.Claim("web");
        ContainerState running = State("web") with { Pid = Environment.ProcessId, PidStartTicks = ProcessStat.Of(Environment.ProcessId)!.Value.StartTicks };

        Assert.Equal(ContainerStatus.Creating, _store.StatusOf(running with { Pid = 0 }));
        Assert.Equal(ContainerStatus.Running, _store.StatusOf(running));
        Nodes.MakeFifo($"{_store.DirectoryOf("web")}/start.fifo.new", 0x180);
        Assert.Equal(ContainerStatus.Creating, _store.StatusOf(running));
        StartFifos.Publish(_store.DirectoryOf("web"));
        using (Paths.Open($"{_store.DirectoryOf("web")}/start.fifo", OpenFlags.ReadWrite)) Assert.Equal(ContainerStatus.Created, _store.StatusOf(running));
        Assert.Equal(ContainerStatus.Running, _store.StatusOf(running)); // nobody waits at the fifo: it was started, and the starter killed
        Assert.Equal(ContainerStatus.Stopped, _store.StatusOf(running with { Pid = int.MaxValue }));
    }

    [Fact]
    public void Another_process_that_got_the_same_number_is_not_the_container()
        => Assert.Equal(ContainerStatus.Stopped, _store.StatusOf(State("web") with { Pid = Environment.ProcessId, PidStartTicks = 1 }));

    [Fact]
    public void A_state_of_another_version_is_read_by_the_members_that_both_know()
    {
        File.WriteAllText($"{_store.Claim("old")}/state.json", """{"id":"old","bundle":"/b","pid":7,"pidStartTicks":9,"later":{"deep":[1]}}""");

        ContainerState state = _store.Read("old");
        Assert.Equal((7, 9ul, "/b", null), (state.Pid, state.PidStartTicks, state.Bundle, state.CgroupPath));
    }

    [Fact]
    public void A_state_whose_members_have_changed_meaning_is_refused()
    {
        File.WriteAllText($"{_store.Claim("new")}/state.json", """{"format":2,"id":"new","bundle":"/b","pid":7,"pidStartTicks":9}""");

        Assert.Contains("format 2", Assert.Throws<LifecycleException>(() => _store.Read("new")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Removing_what_is_not_there_does_nothing()
    {
        _store.Claim("web");
        _store.Remove("web");
        _store.Remove("web");

        Assert.False(Directory.Exists(_store.DirectoryOf("web")));
    }

    private static ContainerState State(string id) => new()
    {
        Id = id,
        Bundle = "/bundle",
        RootPath = "/bundle/rootfs",
        Pid = 1,
        PidStartTicks = 2,
        Created = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };
}
