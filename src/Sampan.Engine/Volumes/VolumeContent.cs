using Sampan.Linux.Files;

namespace Sampan.Engine.Volumes;

/// <summary>
/// What an image has at a volume's path: copied into the volume when it is used for the first time and empty, as docker does.
/// </summary>
/// <param name="image">The root file system with the image's owners; nothing runs in it yet.</param>
internal sealed class VolumeContent(Fd image)
{
    private const string Filling = "filling";
    private const string Filled = "filled";

    /// <summary>Fills a volume unless that was done before, or there is something in it.</summary>
    /// <param name="volume">The directory with the volume's <c>data</c>.</param>
    /// <param name="target">The path in the container; symbolic links in it lead to places in the image only.</param>
    public void Fill(string volume, string target)
    {
        if (File.Exists(Path.Combine(volume, Filled))) return;
        using FileLock held = FileLock.Take(Path.Combine(volume, "lock")); // two containers may use it for the first time at once
        string filling = Path.Combine(volume, Filling);
        if (File.Exists(Path.Combine(volume, Filled))) return;
        using Fd? source = Paths.OpenInRootIfExists(image, target, OpenFlags.ReadOnly | OpenFlags.Directory);
        if (source is null) return; // another image may have something there
        string data = Path.Combine(volume, "data");
        if (File.Exists(filling)) Clear(data); // killed half-way
        bool empty = !Directory.EnumerateFileSystemEntries(data).Any();
        File.WriteAllBytes(filling, []);
        if (empty)
        {
            using Fd directory = Paths.Open(data, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            TreeCopy.Copy(source, directory);
        }

        File.Move(filling, Path.Combine(volume, Filled));
    }

    private static void Clear(string data)
    {
        using Fd directory = Paths.Open(data, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        foreach (string name in DirectoryNames.Of(directory)) Trees.Remove(directory, name);
    }
}
