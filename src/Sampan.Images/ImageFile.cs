namespace Sampan.Images;

/// <summary>An archive or image folder as it is named on a command line: its path, and where it holds several images a colon and which.</summary>
/// <param name="Wanted">A name such as <c>app:latest</c>, or the start of an id; null when only the path was given.</param>
public sealed record ImageFile(string Path, string? Wanted)
{
    /// <summary>Whether the text can only be meant as a path: it begins with <c>/</c>, <c>./</c> or <c>../</c>.</summary>
    public static bool IsPath(string text) => text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal);

    /// <summary>Null where <paramref name="text"/> begins with no path that exists.</summary>
    public static ImageFile? Find(string text)
    {
        // a folder that happens to be called as an image is not meant
        if (File.Exists(text) || (Directory.Exists(text) && (IsPath(text) || IsImageFolder(text)))) return new ImageFile(text, null);
        for (int colon = text.IndexOf(':'); colon >= 0 && colon < text.Length - 1; colon = text.IndexOf(':', colon + 1))
        {
            string path = text[..colon];
            if (File.Exists(path) || IsImageFolder(path)) return new ImageFile(path, text[(colon + 1)..]);
        }
        return null;
    }

    private static bool IsImageFolder(string path) => File.Exists(System.IO.Path.Join(path, "index.json")) || File.Exists(System.IO.Path.Join(path, "manifest.json"));
}
