using Sampan.Images.Archive;
using Sampan.Images.Digests;
using Sampan.Images.Layers;
using Sampan.Images.Layout;
using Sampan.Images.References;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Images.Content;

/// <summary>Keeps the images of an archive or an image folder, all of them.</summary>
public sealed class ImageLoad(ImageStore store, string? platform)
{
    private const int MaxImages = 1000;
    private readonly Platform _platform = Platform.Parse(platform);
    private readonly NamedImages _images = store.Named;

    /// <returns>The images with the names that the archive gives them.</returns>
    /// <exception cref="ImageException">One line that begins with the path; nothing of the archive is kept.</exception>
    public IReadOnlyList<(StoredImage Image, IReadOnlyList<string> Names)> Load(string path) => Guarded(path, () =>
    {
        using Fd opened = Paths.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        FileKind kind = FileStatus.Of(opened).Kind;
        if (kind is FileKind.Directory) return Keep(new LayoutDirectory(opened));
        if (kind is not FileKind.Regular) throw new ImageException("not a file or folder; hint: give a pipe as standard input");
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        return LoadArchive(file);
    });

    /// <summary>As <see cref="Load(string)"/>, from what can not be read by offset.</summary>
    public IReadOnlyList<(StoredImage Image, IReadOnlyList<string> Names)> Load(Stream input, string name) => Guarded(name, () =>
    {
        using FileStream file = store.Unnamed();
        input.CopyTo(file, 256 * 1024);
        file.Position = 0;
        return LoadArchive(file);
    });

    private IReadOnlyList<T> Guarded<T>(string path, Func<IReadOnlyList<T>> load)
    {
        try
        {
            using IDisposable use = _images.Use();
            return load();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ZstdSharp.ZstdException or ImageException)
        {
            store.CollectBlobs();
            string why = e is SyscallException { Errno: Errno.ENOENT } ? "no such file" : e is ImageException ? e.Message : ImageException.Printable(e.Message);
            throw new ImageException($"{path}: {why}", e);
        }
    }

    private List<(StoredImage, IReadOnlyList<string>)> LoadArchive(FileStream file)
    {
        byte[] start = new byte[4];
        int count = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        file.Position = 0;
        if (!LayerCompression.IsCompressed(start.AsSpan(0, count))) return Keep(new ArchiveSource(file.SafeFileHandle));
        using FileStream plain = store.Unnamed();
        using (HashingStream input = new(LayerCompression.Decompress(file), store.BudgetFor(file.Length))) input.CopyTo(plain, 256 * 1024);
        return Keep(new ArchiveSource(plain.SafeFileHandle));
    }

    private List<(StoredImage, IReadOnlyList<string>)> Keep(IBlobSource source)
    {
        using (source)
        {
            List<(ImageManifest Manifest, byte[] Json, string MediaType, List<Reference> Names)> found = [];
            using Stream? index = source.TryOpen(ImageLayout.IndexName);
            using Stream? manifest = source.TryOpen(DockerArchive.ManifestName);
            // where both are, the index knows the image's own manifest
            if (index is not null) ReadLayout(source, found);
            else if (manifest is not null) ReadDocker(source, found);
            else throw new ImageException($"neither {DockerArchive.ManifestName} nor {ImageLayout.IndexName} in it: not an image archive");
            if (found.Count == 0) throw new ImageException("no image in it");
            // all are sound before the first is known by name
            foreach ((ImageManifest image, _, _, _) in found) Bring(image);
            return found.ConvertAll(image => Add(image.Json, image.MediaType, image.Names));
        }
    }

    private void Bring(ImageManifest manifest)
    {
        byte[] config = _images.Blobs.ReadSmall(manifest.Config.Hex);
        Platform offered = Platform.Of(ImageConfig.Of(JsonValue.Parse(config, manifest.Config.Digest)));
        if (offered.OperatingSystem is not ("linux" or ""))
            throw new ImageException($"an image for {ImageException.Printable(offered.ToString())}; only those for linux can run here");
        if (_platform.IsExplicit && PlatformChoice.Rank(_platform, offered) == int.MaxValue)
            throw new ImageException($"an image for {ImageException.Printable(offered.ToString())}, not for {_platform}");
        _images.Bring(manifest, config);
    }

    private (StoredImage, IReadOnlyList<string>) Add(byte[] json, string mediaType, List<Reference> names)
    {
        Descriptor descriptor = new(mediaType, _images.Blobs.Put(json), json.Length);
        StoredImage image = _images.Add(descriptor, names.FirstOrDefault(), []);
        foreach (Reference name in names.Skip(1)) image = _images.Add(descriptor, name, []);
        return (image, names.ConvertAll(name => name.ToString()));
    }

    private void ReadLayout(IBlobSource source, List<(ImageManifest, byte[], string, List<Reference>)> found)
    {
        JsonValue root = JsonValue.Parse(SmallBlob.Read(source, ImageLayout.IndexName), ImageLayout.IndexName);
        Dictionary<string, int> known = [];
        foreach (JsonValue item in root.Objects("manifests"))
        {
            if (found.Count == MaxImages) throw new ImageException($"more than {MaxImages} images in it");
            if (item.Object("platform") is { } platform && platform.Text("os") == "unknown") continue; // build records
            Descriptor descriptor = Descriptor.Read(item);
            byte[] json = SmallBlob.Read(source, PathOf(descriptor), descriptor.Hex);
            for (int depth = 0; MediaType.IsIndex(descriptor.MediaType); depth++)
            {
                if (depth == 2) throw new ImageException("image indexes are nested too deep");
                descriptor = PlatformChoice.Choose(json, _platform);
                json = SmallBlob.Read(source, PathOf(descriptor), descriptor.Hex);
            }
            List<Reference> names = NameOf(item) is { } name ? [name] : [];
            if (known.TryGetValue(descriptor.Hex, out int at))
            {
                found[at].Item4.AddRange(names);
                continue;
            }
            ImageManifest manifest = ImageManifest.Read(json, descriptor.MediaType);
            foreach (Descriptor blob in (Descriptor[])[manifest.Config, .. manifest.Layers]) Copy(source, blob);
            known[descriptor.Hex] = found.Count;
            found.Add((manifest, json, descriptor.MediaType.Length > 0 ? descriptor.MediaType : manifest.MediaType, names));
        }
    }

    /// <summary>A bare tag, as layouts have it, is no name: it does not say of what.</summary>
    private static Reference? NameOf(JsonValue item)
    {
        if (item.Object("annotations") is not { } annotations) return null;
        if (Reference.TryParse(annotations.Text("io.containerd.image.name")) is { } full) return full with { Digest = null, Tag = full.Tag ?? "latest" };
        string name = annotations.Text("org.opencontainers.image.ref.name");
        return name.AsSpan().ContainsAny(':', '/') && Reference.TryParse(name) is { Digest: null } reference ? reference : null;
    }

    private static string PathOf(Descriptor blob) => $"blobs/sha256/{blob.Hex}";

    private void Copy(IBlobSource source, Descriptor blob)
    {
        if (_images.Blobs.Has(blob.Hex, blob.SizeBytes)) return;
        using Stream content = source.TryOpen(PathOf(blob)) ?? throw new ImageException(MediaType.IsForeign(blob.MediaType)
            ? $"layer {blob.Digest} is a foreign layer, which the archive leaves out" : $"'{PathOf(blob)}' is missing");
        if (content.Length != blob.SizeBytes) throw new ImageException($"{PathOf(blob)}: {content.Length} bytes, the manifest says {blob.SizeBytes}");
        (string hex, _) = _images.Blobs.Write(output => content.CopyTo(output, 256 * 1024));
        if (hex != blob.Hex) throw new ImageException($"{PathOf(blob)} has the digest sha256:{hex}");
    }

    private void ReadDocker(IBlobSource source, List<(ImageManifest, byte[], string, List<Reference>)> found)
    {
        foreach (JsonValue item in JsonValue.ParseList(SmallBlob.Read(source, DockerArchive.ManifestName), DockerArchive.ManifestName))
        {
            if (found.Count == MaxImages) throw new ImageException($"more than {MaxImages} images in it");
            string configName = item.Text("Config"), stem = Path.GetFileNameWithoutExtension(configName);
            byte[] config = SmallBlob.Read(source, configName, Digest.IsHex(stem) ? stem : null);
            List<string> layers = item.Texts("Layers");
            List<string> diffIds = JsonValue.Parse(config, configName).Object("rootfs")?.Texts("diff_ids") ?? [];
            if (diffIds.Count != layers.Count) throw new ImageException($"{layers.Count} layers, but the configuration lists {diffIds.Count}");
            Descriptor[] blobs = new Descriptor[layers.Count];
            for (int i = 0; i < layers.Count; i++) blobs[i] = Copy(source, layers[i], diffIds[i]);
            ImageManifest manifest = new(ImageManifest.OciType, new Descriptor(ImageManifest.OciConfigType, _images.Blobs.Put(config), config.Length), blobs);
            found.Add((manifest, manifest.ToJson(), ImageManifest.OciType, item.Texts("RepoTags").ConvertAll(Reference.Parse)));
        }
    }

    private Descriptor Copy(IBlobSource source, string name, string diffId)
    {
        using Stream content = source.TryOpen(name) ?? throw new ImageException($"layer '{ImageException.Printable(name)}' is missing");
        byte[] start = new byte[4];
        int count = content.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        content.Position = 0;
        string suffix = !LayerCompression.IsCompressed(start.AsSpan(0, count)) ? "" : start[0] == 0x1f ? "+gzip" : "+zstd";
        string hex = suffix.Length == 0 ? Digest.HexOf(diffId) : "";
        if (hex.Length > 0 && _images.Blobs.Has(hex, content.Length)) return new Descriptor("application/vnd.oci.image.layer.v1.tar", hex, content.Length);
        (string actual, long size) = _images.Blobs.Write(output => content.CopyTo(output, 256 * 1024));
        if (hex.Length > 0 && actual != hex) throw new ImageException($"layer {diffId}: the content has the digest sha256:{actual}");
        return new Descriptor("application/vnd.oci.image.layer.v1.tar" + suffix, actual, size);
    }
}
