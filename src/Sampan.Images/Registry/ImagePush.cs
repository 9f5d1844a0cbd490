using Sampan.Images.Content;
using Sampan.Images.References;

namespace Sampan.Images.Registry;

/// <summary>Sends kept images to registries, as they came; layers that are kept plain go compressed.</summary>
public sealed class ImagePush(ImageStore store, RegistryOptions options)
{
    private const int LayersAtOnce = 3;
    private readonly NamedImages _images = store.Named;

    /// <returns>The digest of the image's manifest at the registry, and its length in bytes.</returns>
    /// <exception cref="ImageException">One line that begins with the image's name.</exception>
    public (string Digest, long SizeBytes) Push(Reference reference)
    {
        try
        {
            using IDisposable use = _images.Use();
            if (reference.Digest is not null) throw new ImageException("a digest can not be pushed to; hint: push by tag");
            StoredImage image = _images.Find(reference.ToString())
                ?? throw new ImageException("no such image; hint: sampan images lists them, sampan load keeps one from an archive");
            RegistryPlace place = RegistryPlace.Itself(reference.Repository, options, RegistriesConf.FromEnvironment());
            using RegistryConnection registry = RegistryConnection.Open(place, options);
            return Push(image, reference, place, registry);
        }
        catch (ImageException e)
        {
            throw new ImageException($"push {reference.Familiar}: {e.Message}", e);
        }
    }

    private (string Digest, long SizeBytes) Push(StoredImage image, Reference reference, RegistryPlace place, RegistryConnection registry)
    {
        BlobUpload upload = new(registry, place.Path, _images.Blobs, options.Progress);
        IReadOnlyList<string> others = OtherRepositories(image, place);
        Descriptor[] layers = [.. image.Manifest.Layers];
        Workers.Run(layers.Length, LayersAtOnce, i =>
        {
            layers[i] = Compressed.Of(_images, layers[i]);
            upload.Send(layers[i], others);
        });
        upload.Send(image.Manifest.Config, others);
        bool isAsItCame = layers.SequenceEqual(image.Manifest.Layers);
        byte[] json = isAsItCame ? _images.Blobs.ReadSmall(image.ManifestDescriptor.Hex) : (image.Manifest with { Layers = layers }).ToJson();
        new ManifestClient(registry, place.Path).Put(json, image.ManifestDescriptor.MediaType, reference.Tag!);
        string digest = $"sha256:{Digests.Sha256.HexOf(json)}";
        _images.Add(image.ManifestDescriptor, reference, [$"{reference.Repository}@{digest}"]);
        return (digest, json.Length);
    }

    /// <summary>Where the registry may have the layers already: the image's other names there.</summary>
    private static List<string> OtherRepositories(StoredImage image, RegistryPlace place)
    {
        List<string> paths = [];
        foreach (string name in image.RepositoryDigests)
            if (Reference.TryParse(name) is { } known && known.Domain == place.Host && known.Path != place.Path && !paths.Contains(known.Path)) paths.Add(known.Path);
        return paths;
    }
}
