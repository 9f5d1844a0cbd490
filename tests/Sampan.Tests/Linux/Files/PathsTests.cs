using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Tests.Linux.Files;

public sealed class PathsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sampan-paths-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void An_absolute_symlink_stays_inside_the_root()
    {
        Directory.CreateDirectory($"{_root}/etc");
        File.WriteAllText($"{_root}/etc/hostname", "inside");
        File.CreateSymbolicLink($"{_root}/link", "/etc/hostname");
        using Fd root = Paths.Open(_root, OpenFlags.Path | OpenFlags.Directory);

        using Fd file = Paths.OpenInRoot(root, "/link", OpenFlags.ReadOnly);

        Assert.Equal("inside", File.ReadAllText(file.ProcPath));
    }

    [Fact]
    public void A_missing_path_is_an_error_that_names_the_call()
    {
        using Fd root = Paths.Open(_root, OpenFlags.Path | OpenFlags.Directory);

        SyscallException error = Assert.Throws<SyscallException>(() => Paths.OpenInRoot(root, "/none", OpenFlags.ReadOnly));

        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.EndsWith("/none, ReadOnly, NoMagicLinks, InRoot): ENOENT (No such file or directory)", error.Message, StringComparison.Ordinal);
    }
}
