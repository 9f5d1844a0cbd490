namespace Sampan.Images.References;

/// <summary>The grammar of names that docker, podman and the distribution specification share.</summary>
internal static class ReferenceGrammar
{
    private const int MaxTextLength = 512;
    private const int MaxRepositoryLength = 255;
    private const int MaxTagLength = 128;
    private const int DigestDigits = 64;

    public static Reference Read(string text, string defaultTag)
    {
        if (text.Length == 0) throw new ImageException("the name of the image is empty");
        if (text.Length > MaxTextLength) throw Wrong(text, "too long");
        string rest = text;
        string? digest = null, tag = null;
        int at = rest.IndexOf('@');
        if (at >= 0)
        {
            digest = rest[(at + 1)..];
            rest = rest[..at];
            if (!IsDigest(digest)) throw Wrong(text, "its digest is not sha256: and 64 digits 0-9a-f");
        }
        int colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!IsTag(tag)) throw Wrong(text, "its tag is not of 1 to 128 letters, digits and _ . -, the first not . or -");
        }
        (string domain, string path) = Split(rest);
        if (!IsDomain(domain)) throw Wrong(text, "its registry is not a host name or address with or without a port");
        if (path.AsSpan().ContainsAnyInRange('A', 'Z')) throw Wrong(text, "its repository must be in lower case");
        if (!IsPath(path)) throw Wrong(text, "its repository is not of lower-case letters and digits, with single . _ - / between");
        if (domain.Length + 1 + path.Length > MaxRepositoryLength)
            throw Wrong(text, $"registry and repository have more than {MaxRepositoryLength} characters");
        // it would be taken for an image's id
        if (domain == Reference.DefaultDomain && path.Length == DigestDigits + "library/".Length && Digests.Digest.IsHex(path.AsSpan("library/".Length)))
            throw Wrong(text, "64 digits are an id, not a name");
        return new Reference(domain, path, tag ?? (digest is null ? defaultTag : null), digest);
    }

    public static bool IsDigest(string text) =>
        text.StartsWith("sha256:", StringComparison.Ordinal) && Digests.Digest.IsHex(text.AsSpan("sha256:".Length));

    // [\w][\w.-]{0,127}
    private static bool IsTag(string tag)
    {
        if (tag.Length is 0 or > MaxTagLength || tag[0] is '.' or '-') return false;
        foreach (char c in tag) if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) return false;
        return true;
    }

    /// <summary>The first part is a registry only if it can not be a user's name on docker.io.</summary>
    private static (string Domain, string Path) Split(string text)
    {
        int slash = text.IndexOf('/');
        string first = slash < 0 ? "" : text[..slash];
        bool isDomain = slash >= 0 && (first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.AsSpan().ContainsAnyInRange('A', 'Z'));
        string domain = isDomain ? first : Reference.DefaultDomain;
        string path = isDomain ? text[(slash + 1)..] : text;
        if (domain == "index.docker.io") domain = Reference.DefaultDomain;
        if (domain == Reference.DefaultDomain && !path.Contains('/')) path = "library/" + path;
        return (domain, path);
    }

    private static bool IsDomain(string domain)
    {
        string host = domain;
        int colon = domain.LastIndexOf(':');
        if (colon >= 0 && domain[^1] != ']')
        {
            host = domain[..colon];
            string port = domain[(colon + 1)..];
            if (port.Length is 0 or > 5 || port.AsSpan().ContainsAnyExceptInRange('0', '9') || int.Parse(port) > ushort.MaxValue) return false;
        }
        if (host.StartsWith('['))
            return host.EndsWith(']') && host.Length > 2 && !host.Contains('%') && System.Net.IPAddress.TryParse(host, out _);
        foreach (string part in host.Split('.'))
        {
            if (part.Length == 0 || part[0] == '-' || part[^1] == '-') return false;
            foreach (char c in part) if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }
        return true;
    }

    // parts of [a-z0-9]+ with one of . _ __ or any number of - between the words
    private static bool IsPath(string path)
    {
        foreach (string part in path.Split('/'))
        {
            int at = 0;
            while (true)
            {
                int word = at;
                while (at < part.Length && (char.IsAsciiLetterLower(part[at]) || char.IsAsciiDigit(part[at]))) at++;
                if (at == word) return false;
                if (at == part.Length) break;
                char separator = part[at];
                int start = at;
                while (at < part.Length && part[at] == separator) at++;
                int count = at - start;
                if (!(separator == '.' ? count == 1 : separator == '_' ? count <= 2 : separator == '-')) return false;
            }
        }
        return true;
    }

    private static ImageException Wrong(string text, string why) => new($"image name '{ImageException.Printable(text)}': {why}");
}
