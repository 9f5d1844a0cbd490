using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Tests.Linux.Files;

public sealed class TreesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sampan-trees-").FullName;

    public void Dispose() => Trees.Remove(_directory);

    [Fact]
    public void A_tree_deeper_than_a_path_can_be_long_is_removed()
    {
        Fd current = Paths.Open(_directory, OpenFlags.Path | OpenFlags.Directory);
        Entries.MakeDirectory(current, "deep", 0x1c0);
        for (int i = 0; i < 2500; i++)
        {
            Fd next = Paths.OpenInRoot(current, i == 0 ? "deep" : "d", OpenFlags.Path | OpenFlags.Directory);
            Entries.MakeDirectory(next, "d", 0x1c0);
            Entries.MakeSymbolicLink("/", next, "link");
            current.Dispose();
            current = next;
        }
        current.Dispose();
        Trees.Remove($"{_directory}/deep");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public void A_name_that_is_not_utf8_is_removed_and_what_links_point_to_stays()
    {
        Directory.CreateDirectory($"{_directory}/outside/inner");
        Directory.CreateDirectory($"{_directory}/tree/a/b");
        using (Fd a = Paths.Open($"{_directory}/tree/a", OpenFlags.Path | OpenFlags.Directory))
        {
            Entries.MakeDirectory(a, FileNames.Decode([0xff, 0xfe]), 0x1c0);
            Entries.MakeDirectory(a, ".removing-0", 0x1c0);
            Entries.MakeSymbolicLink("../../outside", a, "link");
        }
        Trees.Remove($"{_directory}/tree");
        Trees.Remove($"{_directory}/tree");
        Assert.False(Directory.Exists($"{_directory}/tree"));
        Assert.True(Directory.Exists($"{_directory}/outside/inner"));
    }

    [Fact]
    public void A_zero_byte_does_not_cut_a_name_short()
    {
        File.WriteAllText($"{_directory}/file", "");
        using Fd directory = Paths.Open(_directory, OpenFlags.Path | OpenFlags.Directory);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => Entries.TryUnlink(directory, "file\0.txt")).Errno);
        Assert.True(File.Exists($"{_directory}/file"));
    }
}
