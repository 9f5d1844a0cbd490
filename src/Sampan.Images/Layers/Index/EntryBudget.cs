namespace Sampan.Images.Layers.Index;

/// <summary>How much memory the trees of an image's layers may take together, whatever its archives claim.</summary>
internal sealed class EntryBudget
{
    private const long MaxBytes = 1L << 30;
    private const int BytesOfInode = 256;
    private long _used;

    /// <exception cref="ImageException">It is used up: at about three million files.</exception>
    public void Spend(TarEntry entry)
    {
        long bytes = BytesOfInode + (sizeof(char) * (entry.Name.Length + entry.LinkName.Length));
        foreach ((string name, byte[] value) in entry.Attributes) bytes += name.Length + value.Length;
        if (entry.Sparse is { } sparse) bytes += 16L * sparse.Parts.Count;
        Spend(bytes);
    }

    /// <param name="path">Of a directory that is made because something lies in it.</param>
    public void Spend(string path) => Spend(BytesOfInode + (sizeof(char) * path.Length));

    private void Spend(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) > MaxBytes) throw new ImageException("too many files for an index; hint: --storage directory");
    }
}
