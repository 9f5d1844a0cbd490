using Sampan.Linux.Files;

namespace Sampan.Images.Layers;

/// <summary>Names in tar headers: any bytes but zero.</summary>
internal static class TarText
{
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf((byte)0) >= 0) throw new ImageException("tar header: a name contains a null byte");
        return FileNames.Decode(bytes);
    }

    /// <summary>Up to the first zero, or the whole field.</summary>
    public static string OfField(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return FileNames.Decode(end < 0 ? field : field[..end]);
    }
}
