namespace Sampan.Images.Registry;

/// <summary>The whole body of an answer, which must not be larger than expected.</summary>
internal static class BoundedBody
{
    /// <exception cref="ImageException">It is larger, or ends before it should.</exception>
    public static byte[] Read(HttpResponseMessage response, int maxBytes, string what)
    {
        if (response.Content.Headers.ContentLength > maxBytes) throw TooLarge(what, maxBytes);
        using Stream body = response.Content.ReadAsStream();
        MemoryStream all = new();
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = body.Read(buffer)) > 0)
        {
            if (all.Length + count > maxBytes) throw TooLarge(what, maxBytes);
            all.Write(buffer, 0, count);
        }
        return all.ToArray();
    }

    private static ImageException TooLarge(string what, int maxBytes) => new($"{what} is larger than {maxBytes} bytes");
}
