using Sampan.Images.References;

namespace Sampan.Images.Content;

/// <summary>The images that are kept by name: an OCI image layout below the store, its layers going through the store. Safe for several
/// processes at once.</summary>
public sealed class NamedImages
{
    private readonly ImageStore _store;

    internal NamedImages(string directory, string locks, ImageStore store)
    {
        Directory = directory;
        _store = store;
        Blobs = new BlobStore(directory, locks);
        Index = new ContentIndex(directory, locks);
    }

    internal BlobStore Blobs { get; }

    internal ContentIndex Index { get; }

    internal string Directory { get; }

    /// <summary>Keeps what is being brought in, or was just found, from being collected; until disposed.</summary>
    public IDisposable Use() => _store.Use();

    public IReadOnlyList<StoredImage> List()
    {
        List<IndexEntry> entries = Index.Read();
        return [.. entries.DistinctBy(entry => entry.ConfigHex).Select(entry => Read(entry, entries))];
    }

    /// <summary>By name, by repository@digest, by id or its first digits.</summary>
    /// <exception cref="ImageException">The digits are the start of several ids.</exception>
    public StoredImage? Find(string text)
    {
        List<IndexEntry> entries = Index.Read();
        if (entries.Count == 0) return null;
        if (Reference.TryParse(text) is { } reference && entries.Find(entry => IsNamed(entry, reference)) is { } named) return Read(named, entries);
        List<IndexEntry> meant = [.. entries.Where(entry => ImageName.IsStartOfId(text, entry.ConfigHex)).DistinctBy(entry => entry.ConfigHex)];
        if (meant.Count > 1) throw new ImageException($"'{text}' is the start of several image ids");
        return meant.Count == 1 ? Read(meant[0], entries) : null;
    }

    /// <summary>The image, its layers brought into the store where they are not yet.</summary>
    public Image Ready(StoredImage image) => _store.FindBrought(image.Id) ?? Bring(image.Manifest, image.ConfigJson);

    /// <summary>Brings layers whose blobs are here into the store.</summary>
    internal Image Bring(ImageManifest manifest, byte[] config)
    {
        try
        {
            return _store.Bring(new ContentSource(Blobs), ContentSource.ContentOf(manifest, config));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ZstdSharp.ZstdException)
        {
            throw new ImageException(ImageException.Printable(e.Message), e);
        }
    }

    /// <summary>Gives the image one name more; another image loses it.</summary>
    public void Tag(StoredImage image, Reference name)
    {
        if (name.Digest is not null) throw new ImageException($"{name.Familiar}: a digest can not be given as a name");
        Add(image.ManifestDescriptor, name, []);
    }

    /// <summary>Takes a name from an image, and removes the image with its last one; by id all names. Also images that were only run in place.</summary>
    /// <returns>What was done, one line each, in docker's words.</returns>
    /// <exception cref="ImageException">There is no such image, or something uses it.</exception>
    public IReadOnlyList<string> Remove(string text, bool force, ImageUsers users)
    {
        IReadOnlyList<string> done = new Removal(this, _store, users).Remove(text, force);
        _store.Collect(users.Paths);
        return done;
    }

    /// <summary>The image by its manifest, which must be among the blobs.</summary>
    /// <param name="name">Null keeps it without a name.</param>
    internal StoredImage Add(Descriptor manifest, Reference? name, IReadOnlyList<string> repositoryDigests)
    {
        string? full = name?.Tag is null ? null : $"{name.Repository}:{name.Tag}";
        string config = ImageManifest.Read(Blobs.ReadSmall(manifest.Hex), manifest.MediaType).Config.Hex;
        List<IndexEntry> now = [];
        Index.Change(entries =>
        {
            List<string> known = [.. entries.Where(e => e.Manifest.Hex == manifest.Hex).SelectMany(e => e.RepositoryDigests).Concat(repositoryDigests).Distinct()];
            entries.RemoveAll(e => e.Manifest.Hex == manifest.Hex && (e.Name is null || e.Name == full));
            for (int i = 0; i < entries.Count; i++)
            {
                if (entries[i].Manifest.Hex == manifest.Hex) entries[i] = entries[i] with { RepositoryDigests = known };
                else if (full is not null && entries[i].Name == full) entries[i] = entries[i] with { Name = null };
            }
            // an image that has lost its name is listed once, and not at all while it has another
            entries.RemoveAll(e => e.Name is null && entries.Exists(o => !ReferenceEquals(o, e) && o.Manifest.Hex == e.Manifest.Hex && o.Name is not null));
            if (full is not null || !entries.Exists(e => e.Manifest.Hex == manifest.Hex)) entries.Add(new IndexEntry(manifest, config, full, known));
            now = entries;
        });
        return Read(now.Find(e => e.Manifest.Hex == manifest.Hex && e.Name == full) ?? now.Find(e => e.Manifest.Hex == manifest.Hex)!, now);
    }

    /// <summary>Every blob that the index leads to.</summary>
    internal HashSet<string> ReferencedBlobs()
    {
        HashSet<string> hexes = [];
        foreach (IndexEntry entry in Index.Read())
        {
            ImageManifest manifest = ImageManifest.Read(Blobs.ReadSmall(entry.Manifest.Hex), entry.Manifest.MediaType);
            hexes.UnionWith([entry.Manifest.Hex, manifest.Config.Hex]);
            foreach (Descriptor layer in manifest.Layers)
            {
                hexes.Add(layer.Hex);
                if (Compressed.Find(this, layer) is { } compressed) hexes.Add(compressed.Hex);
            }
        }
        return hexes;
    }

    internal StoredImage Read(IndexEntry entry, List<IndexEntry> entries)
    {
        ImageManifest manifest = ImageManifest.Read(Blobs.ReadSmall(entry.Manifest.Hex), entry.Manifest.MediaType);
        byte[] config = Blobs.ReadSmall(manifest.Config.Hex);
        // several manifests of one configuration, one compressed otherwise, are one image
        List<IndexEntry> same = entries.FindAll(e => e.ConfigHex == manifest.Config.Hex);
        return new StoredImage(entry.Manifest, manifest)
        {
            Id = manifest.Config.Digest,
            Names = [.. same.Select(e => e.Name).OfType<string>()],
            RepositoryDigests = [.. same.SelectMany(e => e.RepositoryDigests).Distinct()],
            Config = ImageConfig.Of(Archive.JsonValue.Parse(config, manifest.Config.Digest)),
            ConfigJson = config,
        };
    }

    private static bool IsNamed(IndexEntry entry, Reference reference) => reference.Digest is { } digest
        ? entry.RepositoryDigests.Contains($"{reference.Repository}@{digest}")
            || (entry.Manifest.Digest == digest && entry.Name?.StartsWith(reference.Repository + ":", StringComparison.Ordinal) == true)
        : entry.Name == $"{reference.Repository}:{reference.Tag}";
}
