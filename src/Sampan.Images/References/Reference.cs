namespace Sampan.Images.References;

/// <summary>An image's name in full: <c>docker.io/library/busybox:latest</c>, <c>localhost:5000/a/b@sha256:…</c>, or with both tag and
/// digest, where the digest says which and the tag only what it was called.</summary>
/// <param name="Domain">The registry, with its port where one was given.</param>
/// <param name="Path">The repository within the registry.</param>
/// <param name="Tag">Null only beside a digest.</param>
/// <param name="Digest"><c>sha256:</c> and 64 digits, or null.</param>
public sealed record Reference(string Domain, string Path, string? Tag, string? Digest)
{
    public const string DefaultDomain = "docker.io";
    private const string DefaultTag = "latest";
    private const string OfficialPath = "library/";

    /// <summary>Domain and path.</summary>
    public string Repository => $"{Domain}/{Path}";

    /// <summary>As people write it: without what is understood anyway.</summary>
    public string Familiar => FamiliarRepository + Suffix;

    /// <summary><see cref="Repository"/> as people write it: <c>busybox</c>, <c>user/app</c>.</summary>
    public string FamiliarRepository => Domain != DefaultDomain ? Repository
        : Path.StartsWith(OfficialPath, StringComparison.Ordinal) && Path.LastIndexOf('/') == OfficialPath.Length - 1 ? Path[OfficialPath.Length..] : Path;

    /// <summary>What a registry is asked for: the digest where there is one.</summary>
    public string Version => Digest ?? Tag ?? DefaultTag;

    private string Suffix => (Tag is null ? "" : $":{Tag}") + (Digest is null ? "" : $"@{Digest}");

    /// <summary>Reads a name by docker's rules: no domain is docker.io, one word there is below <c>library/</c>, neither tag nor digest is
    /// <c>:latest</c>.</summary>
    /// <exception cref="ImageException">It is no name of an image; the message says why.</exception>
    public static Reference Parse(string text) => ReferenceGrammar.Read(text, DefaultTag);

    /// <summary>As <see cref="Parse"/>; null where it is no name of an image.</summary>
    public static Reference? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (ImageException)
        {
            return null;
        }
    }

    public override string ToString() => Repository + Suffix;
}
