using Sampan.Runtime.Lifecycle;

namespace Sampan.Tests.Runtime.Lifecycle;

public sealed class PidFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sampan-pid-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_has_the_number_and_nothing_else_and_leaves_no_other_file()
    {
        File.WriteAllText($"{_folder}/pid", "an older one, which is longer");
        PidFile.Write($"{_folder}/pid", 42);

        Assert.Equal("42", File.ReadAllText($"{_folder}/pid"));
        Assert.Equal([$"{_folder}/pid"], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error()
        => Assert.ThrowsAny<IOException>(() => PidFile.Write($"{_folder}/none/pid", 42));
}
