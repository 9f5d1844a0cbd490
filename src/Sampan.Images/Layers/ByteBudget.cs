namespace Sampan.Images.Layers;

/// <summary>
/// How many plain bytes an image may unpack to: bounds decompression bombs. All its layers share one budget. A member costs 512
/// bytes of header, so the count of files is bounded too.
/// </summary>
internal sealed class ByteBudget(long limitBytes, string why)
{
    private const long AlwaysAllowedBytes = 1L << 30;
    private const long MaxRatio = 200;
    private long _left = limitBytes;

    /// <summary>What the disk holds, and at most 200 times the size as stored, or 1 GiB where that is less.</summary>
    /// <param name="storedBytes">Size of the compressed form.</param>
    /// <param name="directory">Where it is unpacked to.</param>
    public static ByteBudget For(long storedBytes, string directory)
    {
        long allowed = Math.Max(AlwaysAllowedBytes, storedBytes > long.MaxValue / MaxRatio ? long.MaxValue : storedBytes * MaxRatio);
        long free = new DriveInfo(directory).AvailableFreeSpace;
        return free < allowed
            ? new ByteBudget(free, $"{free} bytes that are free in {directory}")
            : new ByteBudget(allowed, $"{allowed} bytes that are allowed for an image of {storedBytes} bytes");
    }

    /// <exception cref="ImageException">The budget is used up.</exception>
    public void Spend(long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) < 0) throw new ImageException($"unpacks to more than the {why}");
    }
}
