namespace Sampan.Images;

/// <summary>How people name images: <c>busybox</c> is <c>docker.io/library/busybox:latest</c>.</summary>
internal static class ImageName
{
    private const int IdDigitsMin = 3;

    /// <summary>Whether an image's own name is what <paramref name="wanted"/> means.</summary>
    public static bool Matches(string own, string wanted)
    {
        bool hasTag = wanted.LastIndexOf(':') > wanted.LastIndexOf('/');
        string name = hasTag ? wanted : wanted + ":latest";
        return own == wanted || own == name || own == "docker.io/library/" + name || own == "docker.io/" + name || own == "localhost/" + name;
    }

    /// <summary>Whether <paramref name="wanted"/> is <c>sha256:</c> and the first digits of an id, or these digits alone, three at least.</summary>
    public static bool IsStartOfId(string wanted, string hex)
    {
        ReadOnlySpan<char> digits = wanted.AsSpan();
        if (digits.StartsWith("sha256:")) digits = digits[7..];
        return digits.Length >= IdDigitsMin && hex.AsSpan().StartsWith(digits);
    }
}
