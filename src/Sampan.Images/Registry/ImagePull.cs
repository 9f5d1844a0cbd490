using Sampan.Images.Content;
using Sampan.Images.Layout;
using Sampan.Images.References;

namespace Sampan.Images.Registry;

/// <summary>Fetches images from registries into the store.</summary>
public sealed class ImagePull(ImageStore store, RegistryOptions options)
{
    private const int LayersAtOnce = 4;
    private const int MaxIndexDepth = 2;
    private readonly NamedImages _images = store.Named;

    /// <summary>From the mirrors, then from the registry itself; the image's layers are in the store afterwards.</summary>
    /// <exception cref="ImageException">One line that begins with the image's name; what was fetched wholly is used by the next try, anything
    /// that is not what it should be is not kept.</exception>
    public PullResult Pull(Reference reference)
    {
        Platform platform = Platform.Parse(options.Platform);
        List<string> failures = [];
        IReadOnlyList<RegistryPlace> places;
        bool isBad = false;
        try
        {
            using IDisposable use = _images.Use();
            places = RegistryPlace.ToPull(reference, options, RegistriesConf.FromEnvironment());
            foreach (RegistryPlace place in places)
            {
                try
                {
                    return Pull(reference, place, platform, ref isBad);
                }
                catch (ImageException e) when (place != places[^1])
                {
                    failures.Add(e.Message);
                }
            }
            throw new System.Diagnostics.UnreachableException();
        }
        catch (ImageException e)
        {
            if (isBad) store.CollectBlobs();
            throw new ImageException($"pull {reference.Familiar}: {string.Join("; ", [.. failures, e.Message])}", e);
        }
    }

    private PullResult Pull(Reference reference, RegistryPlace place, Platform platform, ref bool isBad)
    {
        using RegistryConnection registry = RegistryConnection.Open(place, options);
        ManifestClient manifests = new(registry, place.Path);
        (byte[] json, Descriptor descriptor) = manifests.Get(reference.Version);
        string digest = descriptor.Digest;
        for (int depth = 0; MediaType.IsIndex(descriptor.MediaType); depth++)
        {
            if (depth == MaxIndexDepth) throw new ImageException("image indexes are nested too deep");
            Descriptor chosen = PlatformChoice.Choose(json, platform);
            (json, descriptor) = manifests.Get(chosen.Digest, chosen.SizeBytes);
        }
        ImageManifest manifest = ImageManifest.Read(json, descriptor.MediaType);
        foreach (Descriptor layer in manifest.Layers)
        {
            if (MediaType.IsForeign(layer.MediaType))
                throw new ImageException($"layer {layer.Digest} is foreign: its maker wants it to be fetched from elsewhere, which is not done");
        }
        BlobDownload download = new(registry, place.Path, _images.Blobs, options.Progress);
        download.Fetch(manifest.Config);
        byte[] config = _images.Blobs.ReadSmall(manifest.Config.Hex);
        isBad = true; // from here on until all is well
        RefuseOther(ImageConfig.Of(Archive.JsonValue.Parse(config, manifest.Config.Digest)), platform);
        _ = ContentSource.ContentOf(manifest, config); // what can be refused before it is fetched
        isBad = false;
        List<Descriptor> layers = [.. manifest.Layers.DistinctBy(layer => layer.Hex)];
        try
        {
            Workers.Run(layers.Count, LayersAtOnce, i => download.Fetch(layers[i]));
        }
        catch (ImageException e)
        {
            isBad = e.InnerException is null; // a lost connection is no reason to throw away what came
            throw;
        }
        bool isNew = _images.Find(reference.ToString())?.ManifestDescriptor.Hex != descriptor.Hex;
        isBad = true;
        _images.Blobs.Put(json);
        _images.Bring(manifest, config);
        StoredImage stored = _images.Add(descriptor, reference.Digest is null ? reference : null, [$"{reference.Repository}@{digest}"]);
        isBad = false;
        return new PullResult(stored, digest, isNew);
    }

    private static void RefuseOther(ImageConfig config, Platform platform)
    {
        Platform offered = Platform.Of(config);
        if (offered.OperatingSystem is not ("linux" or ""))
            throw new ImageException($"an image for {ImageException.Printable(offered.ToString())}; only those for linux can run here");
        if (platform.IsExplicit && PlatformChoice.Rank(platform, offered) == int.MaxValue)
            throw new ImageException($"an image for {ImageException.Printable(offered.ToString())}, not for {platform}");
    }
}
