using Microsoft.Win32.SafeHandles;
using Sampan.Images.Archive;
using Sampan.Images.Digests;
using Sampan.Images.Layers;
using Sampan.Images.Layout;
using Sampan.Images.Store;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Images;

/// <summary>The images of this host: layers by diffID, as directories or as tars with an index, and a record for each image. Safe for several
/// processes at once.</summary>
public sealed partial class ImageStore
{
    private const uint OwnerOnly = 0x180; // 0600

    private readonly string _directory;
    private readonly LayerStore _layers;
    private readonly LayerTars _tars;
    private readonly IndexStore _indexes;
    private readonly ImageRecords _records;
    private readonly Storage _storage;

    private ImageStore(string directory, Storage storage)
    {
        (_directory, _storage) = (directory, storage);
        foreach (string name in (ReadOnlySpan<string>)["", "layers", "tars", "indexes", "locks", "images", "cache"])
            Directory.CreateDirectory(Path.Join(directory, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // a folder that was there before may be open to others, who would find set-uid programs of images in it: CVE-2021-41091
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _layers = new LayerStore(Path.Join(directory, "layers"), Path.Join(directory, "locks"));
        _tars = new LayerTars(Path.Join(directory, "tars"), Path.Join(directory, "locks"));
        _indexes = new IndexStore(Path.Join(directory, "indexes"), Path.Join(directory, "locks"), _tars);
        _records = new ImageRecords(directory, _layers, _indexes);
    }

    /// <summary>Opens the store, made with mode 0700 when missing.</summary>
    /// <param name="storage">In which form images are brought in.</param>
    public static ImageStore Open(string directory, Storage storage = Storage.Directory) => new(Path.GetFullPath(directory), storage);

    /// <summary>Brings in an archive of <c>docker save</c>, an OCI archive (both also gzip-ed or zstd-compressed) or an image folder. The
    /// same file a second time costs a few system calls.</summary>
    /// <param name="platform">os/architecture[/variant] to pick in an OCI index; this machine's when null.</param>
    /// <param name="wanted">Which image, by name or id, where there are several.</param>
    /// <exception cref="ImageException">One line that begins with the path; nothing of the image is left in the store.</exception>
    public Image Load(string path, string? platform = null, string? wanted = null)
    {
        try
        {
            // non-blocking: a fifo must not hold us up
            using Fd opened = Paths.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            FileKind kind = FileStatus.Of(opened).Kind;
            if (kind is not (FileKind.Regular or FileKind.Directory)) throw new ImageException("not a file or folder; hint: write the archive to a file first");
            Platform asked = Platform.Parse(platform);
            string key = KeyOf(opened, kind, platform, wanted);
            if (_records.FindCached(key, _storage) is { } known) return InStorage(known);
            Sweep();
            using SafeFileHandle file = new(opened.Number, ownsHandle: false);
            Image image = kind is FileKind.Directory ? Bring(new LayoutDirectory(opened), asked, wanted) : BringArchive(file, asked, wanted,
                new ArchiveInPlace(Path.GetFullPath(path), FileIdentity.Of(opened.ProcPath), RandomAccess.GetLength(file)));
            // one that was changed while it was read is read again the next time
            if (KeyOf(opened, kind, platform, wanted) == key) _records.Remember(key, image);
            return InStorage(image);
        }
        catch (ImageException e)
        {
            throw new ImageException($"{path}: {e.Message}", e);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
            throw new ImageException($"{path}: no such image archive or layout", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ZstdSharp.ZstdException)
        {
            throw new ImageException($"{path}: {ImageException.Printable(e.Message)}", e);
        }
    }

    public IReadOnlyList<Image> List() => _records.List();

    /// <summary>By id (<c>sha256:...</c> or a prefix of the digits) or by name, <c>:latest</c> when it has no tag. One that was brought in
    /// for the other storage is unpacked from its tars, or is used as the directories that it is.</summary>
    /// <param name="strict">Directories will not do in place of an index.</param>
    /// <exception cref="ImageException">Its layers are not there any more, or not in the form that is asked for.</exception>
    public Image? Find(string reference, bool strict = false)
    {
        if (_records.Find(reference) is not { } image) return null;
        string name = ImageException.Printable(reference);
        if (_storage is Storage.Erofs && image.Index is null)
        {
            if (image.LayerDirectories.Count > 0 && !strict) return image;
            throw new ImageException($"image {name}: {(image.LayerDirectories.Count > 0 ? "is unpacked to directories only" : _records.Missing(image))}; hint: run its archive again");
        }
        if (_storage is Storage.Directory && image.LayerDirectories.Count == 0)
        {
            if (image.Index is null) throw new ImageException($"image {name}: {_records.Missing(image)}; hint: run its archive again");
            using IndexedBlobs source = new(image.Index.Path, _tars);
            foreach (IndexedLayer layer in source.Layers) _layers.Ensure(source, new LayerBlob(layer.Hex, null, null), layer.Hex, new ByteBudget(long.MaxValue, ""));
            image = _records.Find(reference)!;
        }
        return InStorage(image);
    }

    /// <summary>One image may be there in both forms: the container is to have the one that was chosen.</summary>
    private Image InStorage(Image image) => _storage is Storage.Erofs ? image with { LayerDirectories = [] } : image with { Index = null };

    private static string KeyOf(Fd opened, FileKind kind, string? platform, string? wanted)
    {
        string choice = platform is null && wanted is null ? "" : Sha256.HexOf(System.Text.Encoding.UTF8.GetBytes($"{platform}\n{wanted}"));
        if (kind is FileKind.Regular) return $"{FileIdentity.Of(opened.ProcPath)}-{choice}";
        using Fd index = Paths.OpenInRootIfExists(opened, ImageLayout.IndexName, OpenFlags.Path)
            ?? Paths.OpenInRootIfExists(opened, DockerArchive.ManifestName, OpenFlags.Path) ?? throw NoImage("folder");
        return $"{FileIdentity.Of(index.ProcPath)}-{choice}";
    }

    private static ImageException NoImage(string what) => new($"neither {DockerArchive.ManifestName} nor {ImageLayout.IndexName} in it: not an image {what}");

    private Image BringArchive(SafeFileHandle file, Platform platform, string? wanted, ArchiveInPlace archive)
    {
        byte[] start = new byte[4];
        int count = RandomAccess.Read(file, start, 0);
        if (!LayerCompression.IsCompressed(start.AsSpan(0, count))) return Bring(new ArchiveSource(file), platform, wanted, archive);
        // layers are read by offset and in parallel: a compressed archive is made plain first, in a file that has no name
        string name = Path.Join(_directory, $".archive-{Guid.NewGuid():N}");
        using Fd plain = Paths.Open(name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, OwnerOnly);
        File.Delete(name);
        long length = RandomAccess.GetLength(file);
        using (HashingStream input = new(LayerCompression.Decompress(new SliceStream(file, 0, length)), ByteBudget.For(length, _directory)))
        {
            byte[] buffer = new byte[256 * 1024];
            while ((count = input.Read(buffer)) > 0) Entries.Write(plain, buffer.AsSpan(0, count));
        }
        using SafeFileHandle unpacked = new(plain.Number, ownsHandle: false);
        return Bring(new ArchiveSource(unpacked), platform, wanted);
    }

    private Image Bring(IBlobSource source, Platform platform, string? wanted, ArchiveInPlace? archive = null)
    {
        using (source)
        {
            ImageContent content = Find(source, platform, wanted);
            Platform offered = Platform.Of(content.Parsed);
            if (platform.IsExplicit && !platform.Matches(offered)) throw new ImageException($"an image for {offered}, not for {platform}");
            if (offered.OperatingSystem is not ("linux" or "")) throw new ImageException($"an image for {ImageException.Printable(offered.ToString())}; only those for linux can run here");
            return Keep(source, content, archive);
        }
    }

    /// <summary>Brings the layers in where they are not yet, and records the image.</summary>
    private Image Keep(IBlobSource source, ImageContent content, ArchiveInPlace? archive)
    {
        ByteBudget budget = Budget(source, content);
        if (_storage is Storage.Erofs)
        {
            (string index, long bytes) = MakeIndex(source, content, archive, budget);
            return _records.Add(content, index, bytes);
        }
        Unpack(source, content, budget);
        return _records.Add(content, null, content.DiffIds.Sum(_layers.SizeOf));
    }

    private void Sweep()
    {
        _layers.Sweep();
        _tars.Sweep();
        _indexes.Sweep();
    }

    /// <summary>An archive on a file system of which the kernel mounts no files is copied instead.</summary>
    private (string Key, long Bytes) MakeIndex(IBlobSource source, ImageContent content, ArchiveInPlace? archive, ByteBudget budget)
    {
        (string Key, long Bytes) made = _indexes.Ensure(source, content, archive, budget);
        try
        {
            _indexes.Find(made.Key)?.Mount().Dispose();
        }
        catch (SyscallException) when (archive is not null)
        {
            made = _indexes.Ensure(source, content, null, budget);
        }
        return made;
    }

    /// <summary>Newer archives of docker have both files: index.json then knows also of other platforms.</summary>
    private static ImageContent Find(IBlobSource source, Platform platform, string? wanted)
    {
        using Stream? manifest = source.TryOpen(DockerArchive.ManifestName);
        using Stream? index = source.TryOpen(ImageLayout.IndexName);
        if (manifest is null && index is null) throw NoImage("archive");
        return manifest is not null && !(index is not null && platform.IsExplicit)
            ? DockerArchive.Read(source, wanted) : ImageLayout.Read(source, platform, wanted);
    }

    private ByteBudget Budget(IBlobSource source, ImageContent content)
    {
        long stored = 0;
        foreach (LayerBlob layer in content.Layers)
        {
            using Stream? blob = source.TryOpen(layer.Name);
            stored += blob?.Length ?? 0;
        }
        return ByteBudget.For(stored, _directory);
    }

    private void Unpack(IBlobSource source, ImageContent content, ByteBudget budget)
    {
        try
        {
            Parallel.For(0, content.Layers.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i => _layers.Ensure(source, content.Layers[i], content.DiffIds[i], budget));
        }
        catch (AggregateException e)
        {
            throw e.InnerExceptions[0] as ImageException ?? new ImageException(ImageException.Printable(e.InnerExceptions[0].Message), e.InnerExceptions[0]);
        }
    }
}
