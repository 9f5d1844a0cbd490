namespace Sampan.Images.Archive;

/// <summary>Which of several images in one archive is meant.</summary>
internal static class ImageChoice
{
    private const int NamesShown = 20;

    /// <param name="offers">Each image's identity, its names, and what comes of it if it is the one.</param>
    /// <param name="wanted">A name or the start of an identity; null when the archive was given alone.</param>
    /// <exception cref="ImageException">None or several are meant; the message lists what there is.</exception>
    public static T Choose<T>(IReadOnlyList<(string Hex, IReadOnlyList<string> Names, T Image)> offers, string? wanted)
    {
        if (offers.Count == 0) throw new ImageException("no image in it");
        List<(string Hex, IReadOnlyList<string> Names, T Image)> matching = [];
        foreach (var offer in offers)
        {
            if (wanted is null || ImageName.IsStartOfId(wanted, offer.Hex) || offer.Names.Any(name => ImageName.Matches(name, wanted))) matching.Add(offer);
        }
        if (matching.Count == 0) throw new ImageException($"no image '{ImageException.Printable(wanted!)}' in it; there is: {List(offers)}");
        if (matching.Any(other => other.Hex != matching[0].Hex))
            throw new ImageException($"{matching.Count} images in it: {List(matching)}; hint: name one after a colon, ARCHIVE:{NameOf(matching[0])}");
        return matching[0].Image;
    }

    private static string List<T>(IReadOnlyList<(string Hex, IReadOnlyList<string> Names, T Image)> offers) =>
        string.Join(", ", offers.Take(NamesShown).Select(NameOf)) + (offers.Count > NamesShown ? ", ..." : "");

    private static string NameOf<T>((string Hex, IReadOnlyList<string> Names, T Image) offer) =>
        ImageException.Printable(offer.Names.Count > 0 ? offer.Names[0] : offer.Hex[..12]);
}
