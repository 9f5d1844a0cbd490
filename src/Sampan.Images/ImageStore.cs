using System.IO.Compression;
using System.Text.Json;
using Sampan.Images.Archive;
using Sampan.Images.Digests;
using Sampan.Images.Layers;
using Sampan.Images.Layout;
using Sampan.Images.Store;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Images;

/// <summary>The images of this host: unpacked layers by diffID and a record for each image. Safe for several processes at once.</summary>
public sealed class ImageStore
{
    private readonly string _directory;
    private readonly LayerStore _layers;
    private readonly ImageRecords _records;

    private ImageStore(string directory)
    {
        _directory = directory;
        foreach (string name in (ReadOnlySpan<string>)["", "layers", "locks", "images", "cache"])
            Directory.CreateDirectory(Path.Join(directory, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _layers = new LayerStore(Path.Join(directory, "layers"), Path.Join(directory, "locks"));
        _records = new ImageRecords(directory, _layers);
    }

    /// <summary>Opens the store, made with mode 0700 when missing.</summary>
    public static ImageStore Open(string directory) => new(Path.GetFullPath(directory));

    /// <summary>Brings in an archive of <c>docker save</c>, an OCI archive (both also gzip-ed) or an OCI layout folder. The same
    /// file a second time costs one statx(2). Of several images in an archive all come in and the first is the answer.</summary>
    /// <param name="platform">os/architecture[/variant] to pick in an OCI index; this machine's when null.</param>
    public Image Load(string path, string? platform = null)
    {
        try
        {
            bool isFolder = Directory.Exists(path);
            string key = FileIdentity.Of(isFolder ? Path.Join(path, "index.json") : path) + "-" + (platform ?? "").Replace('/', '_');
            if (_records.FindCached(key) is { } known) return known;
            _layers.Sweep();
            Image image = isFolder ? LoadFrom(new LayoutDirectory(path), platform) : LoadArchive(path, platform);
            _records.Remember(key, image);
            return image;
        }
        catch (ImageException e)
        {
            throw new ImageException($"{path}: {e.Message}", e);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
            throw new ImageException($"{path}: no such image archive or layout", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or UnauthorizedAccessException
            or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ImageException($"{path}: {e.Message}", e);
        }
    }

    public IReadOnlyList<Image> List() => _records.List();

    /// <summary>By id (<c>sha256:...</c> or a prefix of the digits) or by name, <c>:latest</c> when it has no tag.</summary>
    public Image? Find(string reference) => _records.Find(reference);

    private Image LoadArchive(string path, string? platform)
    {
        if (!LayerCompression.IsGzip(path)) return LoadFrom(new ArchiveSource(path), platform);
        // layers are read by offset and in parallel: a compressed archive is made plain first, in a file that has no name
        string plain = Path.Join(_directory, $".archive-{Guid.NewGuid():N}");
        using FileStream output = new(plain, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, 1 << 18, FileOptions.DeleteOnClose);
        long limit = new DriveInfo(_directory).AvailableFreeSpace / 2;
        using (HashingStream input = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), limit, "the archive"))
            input.CopyTo(output, 1 << 18);
        output.Flush();
        return LoadFrom(new ArchiveSource(plain), platform);
    }

    private Image LoadFrom(IBlobSource source, string? platform)
    {
        using (source)
        {
            IReadOnlyList<ImageContent> images;
            using (Stream? manifest = source.TryOpen("manifest.json"))
                images = manifest is not null ? DockerArchive.Read(source) : [ImageLayout.Read(source, Platform.Parse(platform))];
            Image? first = null;
            foreach (ImageContent content in images)
            {
                Image image = Bring(source, content);
                first ??= image;
            }
            return first!;
        }
    }

    private Image Bring(IBlobSource source, ImageContent content)
    {
        List<string> diffIds = [];
        using (JsonDocument config = JsonDocument.Parse(content.Config))
        {
            if (config.RootElement.TryGetProperty("rootfs", out JsonElement rootfs))
            {
                foreach (string id in BlobText.Texts(rootfs, "diff_ids")) diffIds.Add(Digest.HexOf(id));
            }
        }
        if (diffIds.Count != content.Layers.Count)
            throw new ImageException($"{content.Layers.Count} layers, but the configuration lists {diffIds.Count}");
        try
        {
            Parallel.For(0, diffIds.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i => _layers.Ensure(source, content.Layers[i], diffIds[i]));
        }
        catch (AggregateException e)
        {
            throw e.InnerExceptions[0] as ImageException ?? new ImageException(e.InnerExceptions[0].Message, e.InnerExceptions[0]);
        }
        return _records.Add(content, diffIds);
    }
}
