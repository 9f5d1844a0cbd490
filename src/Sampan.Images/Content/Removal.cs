using Sampan.Images.References;

namespace Sampan.Images.Content;

/// <summary>What <c>rmi</c> does to one image, by docker's rules.</summary>
internal sealed class Removal(NamedImages images, ImageStore store, ImageUsers users)
{
    public IReadOnlyList<string> Remove(string text, bool force)
    {
        if (images.Find(text) is { } stored) return RemoveStored(stored, text, force);
        Image image = store.Find(text) ?? throw new ImageException($"no image {ImageException.Printable(text)}");
        return RemoveInPlace(image, text, force);
    }

    private List<string> RemoveStored(StoredImage image, string text, bool force)
    {
        Reference? reference = Reference.TryParse(text);
        string? name = reference is { Digest: null } ? image.Names.FirstOrDefault(n => n == $"{reference.Repository}:{reference.Tag}") : null;
        if (name is null && image.Names.Count > 1 && !force)
            throw new ImageException($"image {text}: has several names: {string.Join(", ", image.Names.Select(Familiar))}; hint: remove these, or use --force");
        List<string> names = name is null ? [.. image.Names] : [name];
        bool isLast = names.Count == image.Names.Count;
        if (isLast) RefuseUsed(image.Id, text, force);
        images.Index.Change(entries =>
        {
            if (isLast) entries.RemoveAll(e => e.ConfigHex == image.Manifest.Config.Hex);
            else entries.RemoveAll(e => e.Name == name);
        });
        List<string> done = [.. names.Select(n => $"Untagged: {Familiar(n)}")];
        if (!isLast) return done;
        done.AddRange(image.RepositoryDigests.Select(d => $"Untagged: {Familiar(d)}"));
        // it may be known as an archive that was run in place too
        if (store.FindBrought(image.Id) is not { Names.Count: > 0 }) store.Forget(image.Id);
        done.Add($"Deleted: {image.Id}");
        return done;
    }

    private List<string> RemoveInPlace(Image image, string text, bool force)
    {
        string? name = image.Names.FirstOrDefault(own => ImageName.Matches(own, text));
        if (name is not null && image.Names.Count > 1)
        {
            store.Untag(image, name);
            return [$"Untagged: {Familiar(name)}"];
        }
        if (name is null && image.Names.Count > 1 && !force)
            throw new ImageException($"image {text}: has several names: {string.Join(", ", image.Names.Select(Familiar))}; hint: remove these, or use --force");
        RefuseUsed(image.Id, text, force);
        store.Forget(image.Id);
        return [.. image.Names.Select(n => $"Untagged: {Familiar(n)}"), $"Deleted: {image.Id}"];
    }

    private void RefuseUsed(string id, string text, bool force)
    {
        if (users.Running.TryGetValue(id, out string? running))
            throw new ImageException($"image {text}: the running container {running} uses it; hint: stop and remove that first");
        if (!force && users.Stopped.TryGetValue(id, out string? stopped))
            throw new ImageException($"image {text}: the container {stopped} uses it; hint: remove that first, or use --force");
    }

    private static string Familiar(string name) => Reference.TryParse(name)?.Familiar ?? ImageException.Printable(name);
}
