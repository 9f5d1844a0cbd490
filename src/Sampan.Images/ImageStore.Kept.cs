using Sampan.Images.Archive;
using Sampan.Images.Content;
using Sampan.Images.Layers;
using Sampan.Linux.Files;

namespace Sampan.Images;

/// <summary>What the images that are kept by name need of the store.</summary>
public sealed partial class ImageStore
{
    private string UseLock => Path.Join(_directory, "locks", "use");

    private string Locks => Path.Join(_directory, "locks");

    /// <summary>The images that were pulled or loaded.</summary>
    public NamedImages Named => field ??= new NamedImages(Path.Join(_directory, "content"), Locks, this);

    /// <summary>A file that has no name, for what must be read by offset and came as a stream.</summary>
    internal FileStream Unnamed()
    {
        string name = Path.Join(_directory, $".archive-{Guid.NewGuid():N}");
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0 };
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream file = new(name, options);
        File.Delete(name);
        return file;
    }

    /// <summary>How much an archive of this size may unpack to here.</summary>
    internal ByteBudget BudgetFor(long storedBytes) => ByteBudget.For(storedBytes, _directory);

    /// <summary>Nothing is collected until this is disposed: between finding an image and writing down what uses it.</summary>
    public IDisposable Use() => FileLock.TakeShared(UseLock);

    /// <summary>Brings the layers in where they are not yet, and records the image.</summary>
    internal Image Bring(IBlobSource source, ImageContent content)
    {
        Sweep();
        return InStorage(Keep(source, content, null));
    }

    /// <summary>The image, if all its layers are there in the form that was chosen.</summary>
    internal Image? FindBrought(string id) =>
        _records.TryRead(id["sha256:".Length..]) is { } image && (_storage is Storage.Erofs ? image.Index is not null : image.LayerDirectories.Count > 0)
            ? InStorage(image) : null;

    /// <summary>Takes a name from an image that was run in place.</summary>
    internal void Untag(Image image, string name) => _records.Untag(image.Id["sha256:".Length..], name);

    /// <summary>The image is no longer known; its layers go with the next collection.</summary>
    internal void Forget(string id) => _records.Remove(id["sha256:".Length..]);

    /// <summary>Removes blobs that nothing refers to, as <see cref="Collect"/>.</summary>
    internal void CollectBlobs()
    {
        using FileLock? alone = FileLock.TryTake(UseLock);
        if (alone is not null) Named.Blobs.Keep(Named.ReferencedBlobs());
    }

    /// <summary>Removes blobs and layers that nothing refers to. Left for the next time while anybody else brings images in or starts containers.</summary>
    /// <param name="usedPaths">Directories of layers, tars and indexes that containers have.</param>
    internal void Collect(IReadOnlySet<string> usedPaths)
    {
        using FileLock? alone = FileLock.TryTake(UseLock);
        if (alone is null) return;
        Named.Blobs.Keep(Named.ReferencedBlobs());
        HashSet<string> used = [.. usedPaths];
        foreach (Image image in _records.List())
        {
            used.UnionWith(image.LayerDirectories);
            if (image.Index is { } index) used.UnionWith(index.Files);
        }
        _layers.Keep(used);
        _indexes.Keep(used);
        _tars.Keep(used);
    }
}
