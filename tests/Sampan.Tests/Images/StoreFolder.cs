using System.Security.Cryptography;
using System.Text;
using Sampan.Images;
using Sampan.Linux.Files;

namespace Sampan.Tests.Images;

/// <summary>A store in a folder of the test's own, with a canary beside it that nothing may touch.</summary>
internal sealed class StoreFolder : IDisposable
{
    public StoreFolder()
    {
        Directory.CreateDirectory(Canary);
        File.WriteAllText($"{Canary}/file", "safe");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sampan-images-").FullName;

    public string Canary => $"{Root}/canary";

    public ImageStore Store => ImageStore.Open($"{Root}/store");

    public void Dispose() => Trees.Remove(Root);

    public static void SkipUnlessRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "unpacking layers needs root");

    public string Write(byte[] archive, string name = "image.tar")
    {
        File.WriteAllBytes($"{Root}/{name}", archive);
        return $"{Root}/{name}";
    }

    public Image Load(byte[] archive, string? platform = null, string? wanted = null) => Store.Load(Write(archive), platform, wanted);

    /// <summary>The archive is refused in one line that begins with its path, the canary and the store are as before.</summary>
    public string Refused(byte[] archive, string? platform = null, string? wanted = null) => Refused(Write(archive), platform, wanted);

    public string Refused(string path, string? platform = null, string? wanted = null)
    {
        _ = Store;
        string before = Snapshot(Root);
        ImageException error = Assert.Throws<ImageException>(() => Store.Load(path, platform, wanted));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.InRange(error.Message.Length, 1, 1500);
        Assert.Equal(before, Snapshot(Root));
        return error.Message[(path.Length + 2)..];
    }

    /// <summary>Names, types, modes and contents of all below a folder, without the store's lock files.</summary>
    public static string Snapshot(string folder)
    {
        StringBuilder all = new();
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            if (entry.FullName.Contains("/locks/", StringComparison.Ordinal)) continue;
            all.Append($"{entry.FullName} {entry.Attributes} {entry.UnixFileMode} {entry.LinkTarget} ");
            if (entry is FileInfo { LinkTarget: null, Length: > 0 } file) all.Append(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))));
            all.Append('\n');
        }
        return all.ToString();
    }
}
