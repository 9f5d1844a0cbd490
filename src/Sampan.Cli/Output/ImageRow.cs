using Sampan.Images;
using Sampan.Images.Content;
using Sampan.Images.References;

namespace Sampan.Cli.Output;

/// <summary>One line of the list of images: each name of an image is one.</summary>
/// <param name="Repository">As people write it, <c>&lt;none&gt;</c> where it has no name; the same holds for the others.</param>
internal sealed record ImageRow(string Repository, string Tag, string Digest, string Id, DateTimeOffset Created, long SizeBytes, Reference? Name)
{
    private const string None = "<none>";

    /// <summary>What is kept, then what was only run in place and has no name of these.</summary>
    public static IReadOnlyList<ImageRow> All(ImageStore store)
    {
        List<ImageRow> rows = [];
        HashSet<string> names = [], ids = [];
        foreach (StoredImage image in store.Named.List())
        {
            ids.Add(image.Id);
            List<Reference> references = [.. image.Names.Select(Reference.Parse)];
            List<Reference> digests = [.. image.RepositoryDigests.Select(Reference.Parse)];
            foreach (Reference name in references)
            {
                names.Add(name.ToString());
                string digest = digests.Find(d => d.Repository == name.Repository)?.Digest ?? None;
                rows.Add(new ImageRow(name.FamiliarRepository, name.Tag!, digest, image.Id, image.Config.Created, image.StoredBytes, name));
            }
            // pulled by digest, or another image has its name now
            if (references.Count == 0)
            {
                Reference? known = digests.FirstOrDefault();
                rows.Add(new ImageRow(known?.FamiliarRepository ?? None, None, known?.Digest ?? None, image.Id, image.Config.Created, image.StoredBytes, null));
            }
        }
        foreach (Image image in store.List())
        {
            List<Reference?> own = [.. image.Names.Select(Reference.TryParse).Where(name => name is null || !names.Contains(name.ToString()))];
            if (own.Count == 0 && !ids.Contains(image.Id)) rows.Add(new ImageRow(None, None, None, image.Id, image.Created, image.SizeBytes, null));
            foreach (Reference? name in own)
                if (name is not null || !ids.Contains(image.Id))
                    rows.Add(new ImageRow(name?.FamiliarRepository ?? image.Names[0], name?.Tag ?? None, None, image.Id, image.Created, image.SizeBytes, name));
        }
        return [.. rows.OrderByDescending(row => row.Created).ThenBy(row => row.Repository, StringComparer.Ordinal).ThenBy(row => row.Tag, StringComparer.Ordinal)];
    }
}
