using Sampan.Linux.Files;
using Sampan.Linux.Mounts;

namespace Sampan.Tests.Linux.Mounts;

public sealed class PrivateOverlayTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sampan-overlay-").FullName;

    public void Dispose() => Trees.Remove(_directory);

    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(480)]
    public void Many_layers_make_one_root_that_is_in_no_mount_table(int count)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        string[] lowers = Layers(count);

        using Fd root = PrivateOverlay.Make(lowers, $"{_directory}/upper", $"{_directory}/work", userXattr: false);

        // not the whole table: others mount and unmount meanwhile
        Assert.DoesNotContain(_directory, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        for (int i = 0; i < count; i++) Assert.Equal($"{i}", File.ReadAllText($"{root.ProcPath}/only-{i}"));
        // the first is the topmost
        Assert.Equal("0", File.ReadAllText($"{root.ProcPath}/all"));
        File.WriteAllText($"{root.ProcPath}/new", "written");
        File.Delete($"{root.ProcPath}/only-0");
        Assert.Equal("written", File.ReadAllText($"{_directory}/upper/new"));
        Assert.Equal("0", File.ReadAllText($"{lowers[0]}/only-0"));
        Assert.False(File.Exists($"{root.ProcPath}/only-0"));
    }

    [Fact]
    public void A_current_directory_and_mount_namespace_of_the_process_stay_as_they_are()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        string directory = Environment.CurrentDirectory;
        string? ns = new FileInfo("/proc/self/ns/mnt").LinkTarget;
        PrivateOverlay.Make(Layers(2), $"{_directory}/upper", $"{_directory}/work", userXattr: false).Dispose();
        Assert.Equal((directory, ns), (Environment.CurrentDirectory, new FileInfo("/proc/self/ns/mnt").LinkTarget));
        // nothing holds the layers any more: the work directory can be used again
        PrivateOverlay.Make(Layers(2), $"{_directory}/upper", $"{_directory}/work", userXattr: false).Dispose();
    }

    [Fact]
    public void More_layers_than_overlayfs_can_take_are_an_error_of_one_line()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        var error = Assert.ThrowsAny<Exception>(() => PrivateOverlay.Make(Layers(520), $"{_directory}/upper", $"{_directory}/work", userXattr: false));
        Assert.IsType<Sampan.Linux.Errors.SyscallException>(error);
    }

    private string[] Layers(int count)
    {
        string[] lowers = new string[count];
        for (int i = 0; i < count; i++)
        {
            // as long as in the store, and with what would need escapes in mount options
            lowers[i] = $"{_directory}/sha256-{new string('0', 60)}{i:D4}/di:f,f";
            Directory.CreateDirectory(lowers[i]);
            File.WriteAllText($"{lowers[i]}/only-{i}", $"{i}");
            File.WriteAllText($"{lowers[i]}/all", $"{i}");
        }
        Directory.CreateDirectory($"{_directory}/upper");
        Directory.CreateDirectory($"{_directory}/work");
        return lowers;
    }
}
