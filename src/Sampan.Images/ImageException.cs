namespace Sampan.Images;

/// <summary>An image can not be used; the message is one line for the person at the terminal.</summary>
public sealed class ImageException : Exception
{
    public ImageException(string message)
        : base(message)
    {
    }

    public ImageException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Text from an archive, cut to 200 characters and without control characters, for a message.</summary>
    internal static string Printable(string text)
    {
        ReadOnlySpan<char> cut = text.AsSpan(0, Math.Min(text.Length, 200));
        return string.Create(cut.Length, cut, static (to, from) =>
        {
            for (int i = 0; i < from.Length; i++) to[i] = char.IsControl(from[i]) ? '?' : from[i];
        });
    }
}
