using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.References;

namespace Sampan.Engine.Images;

/// <summary>What the words after <c>run</c> mean: a file or folder where there is one by that name, else a kept image, else one of a registry.</summary>
/// <param name="Policy">When the registry is asked.</param>
/// <param name="Pull">Brings an image for a platform into the store, or throws.</param>
/// <param name="Notice">Is told before a registry is asked for what is not here.</param>
public sealed record ImageFinder(PullPolicy Policy, Action<Reference, string?> Pull, Action<string> Notice)
{
    /// <param name="strict">One that was run in place in the other form will not do.</param>
    /// <exception cref="EngineException">There is none.</exception>
    /// <exception cref="ImageException">It can not be used.</exception>
    public Image Find(ImageStore store, string text, string? platform, bool strict)
    {
        if (ImageFile.Find(text) is { } file) return store.Load(file.Path, platform, file.Wanted);
        if (ImageFile.IsPath(text)) throw new EngineException($"image {text}: no such file");
        if (Policy != PullPolicy.Always)
        {
            if (store.Named.Find(text) is { } kept && kept.IsFor(platform)) return store.Named.Ready(kept);
            if (store.Find(text, strict) is { } image) return image;
        }
        Reference? reference = Reference.TryParse(text);
        if (Policy == PullPolicy.Never || reference is null)
        {
            string hint = reference is null ? "" : "; hint: docker save IMAGE > image.tar makes a file, and without --pull never it is asked for at its registry";
            throw new EngineException($"image {text}: no such file, and no image of that name{hint}");
        }
        if (Policy == PullPolicy.Missing) Notice($"{reference.Familiar} is not here: pulling it from {reference.Domain}");
        Pull(reference, platform);
        return store.Named.Ready(store.Named.Find(text) ?? throw new EngineException($"image {text}: was removed at this moment"));
    }
}
