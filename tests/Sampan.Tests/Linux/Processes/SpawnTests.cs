using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Tests.Linux.Processes;

public sealed class SpawnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sampan-spawn-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_exit_code_is_reported()
        => Assert.Equal(new ExitStatus(7, 0), Spawn.Start("/bin/sh", ["sh", "-c", "exit 7"], []).Wait());

    [Fact]
    public void The_killing_signal_is_reported()
        => Assert.Equal(new ExitStatus(0, 15), Spawn.Start("/bin/sh", ["sh", "-c", "kill -TERM $$"], []).Wait());

    [Fact]
    public void A_missing_program_is_an_error_at_once()
        => Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => Spawn.Start("/none", ["none"], [])).Errno);

    [Fact]
    public void Descriptors_that_swap_places_arrive_where_they_should()
    {
        using Fd first = Paths.Open($"{_folder}/first", OpenFlags.Create | OpenFlags.WriteOnly, 0x180);
        using Fd second = Paths.Open($"{_folder}/second", OpenFlags.Create | OpenFlags.WriteOnly, 0x180);
        Dictionary<int, Fd> map = new() { [1] = first, [2] = second, [9] = first };

        Spawn.Start("/bin/sh", ["sh", "-c", "echo $NAME; echo two >&2; echo nine >&9"], ["NAME=one"], map).Wait();

        Assert.Equal("one\nnine\n", File.ReadAllText($"{_folder}/first"));
        Assert.Equal("two\n", File.ReadAllText($"{_folder}/second"));
    }

    [Fact]
    public void A_new_session_and_clean_signals_are_given()
    {
        using Fd output = Paths.Open($"{_folder}/out", OpenFlags.Create | OpenFlags.WriteOnly, 0x180);

        Child child = Spawn.Start("/bin/cat", ["cat", "/proc/self/stat", "/proc/self/status"], [],
            new Dictionary<int, Fd> { [1] = output }, newSession: true);

        Assert.True(child.Wait().Success);
        string text = File.ReadAllText($"{_folder}/out");
        Assert.Equal($"{child.ProcessId}", text.Split(' ')[5]);
        Assert.Contains("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", text, StringComparison.Ordinal);
    }
}
