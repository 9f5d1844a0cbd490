using Microsoft.Win32.SafeHandles;
using Sampan.Images.Archive;
using Sampan.Images.Digests;
using Sampan.Images.Layers;
using Sampan.Images.Layers.Index;
using Sampan.Linux.Files;

namespace Sampan.Images.Store;

/// <summary>
/// One EROFS index for each list of layers: <c>KEY/index</c> and <c>KEY/record</c>. The key is of the diffIDs, of the format's version, and where
/// layers lie in an archive of that archive's identity. A folder appears complete, by rename, or not at all.
/// </summary>
internal sealed class IndexStore(string indexes, string locks, LayerTars tars)
{
    /// <summary>To be raised with every change of what is written into an index.</summary>
    private const int Version = 1;
    private const string TemporaryPrefix = ".building-";

    /// <summary>The index of a key; null where it is gone, or something that it points into is.</summary>
    public ImageIndex? Find(string key)
    {
        if (ReadRecord(key) is not { } record) return null;
        ImageIndex index = IndexOf(key, record);
        return index.Devices.All(device => device.IsIntact) ? index : null;
    }

    public IndexRecord? ReadRecord(string key)
    {
        string path = Path.Join(indexes, key, "record");
        return File.Exists(path) ? IndexRecord.Parse(File.ReadAllBytes(path), path) : null;
    }

    /// <summary>Verifies the layers, brings those in that do not stay in the archive, and makes the index unless it is there.</summary>
    /// <param name="archive">Null where nothing may be used in place.</param>
    /// <returns>The key, and the length of all layers' tars.</returns>
    public (string Key, long Bytes) Ensure(IBlobSource source, ImageContent content, ArchiveInPlace? archive, ByteBudget budget)
    {
        // several processes with one new archive: the first does it
        using FileLock held = FileLock.Take(Path.Join(locks, $"image-{Sha256.HexOf(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', content.DiffIds)))}"));
        List<(LayerBlob Blob, string Hex, BlobPlace? Place)> layers = [];
        for (int i = 0; i < content.Layers.Count; i++)
        {
            // of two equal layers the upper one hides nothing but what the lower one has
            if (content.DiffIds.Skip(i + 1).Contains(content.DiffIds[i])) continue;
            layers.Add((content.Layers[i], content.DiffIds[i], archive is null ? null : PlaceIn(archive, source, content.Layers[i], content.DiffIds[i])));
        }
        string key = KeyOf([.. layers.Select(l => (l.Hex, l.Place))], archive);
        if (Find(key) is null) Build(key, source, layers, archive, budget);
        return (key, ReadRecord(key)!.Layers.Sum(layer => layer.Bytes));
    }

    /// <summary>Removes what processes that died have left half built.</summary>
    public void Sweep()
    {
        foreach (string temporary in Directory.EnumerateDirectories(indexes, TemporaryPrefix + "*"))
        {
            using FileLock? held = FileLock.TryTake(LockOf(Path.GetFileName(temporary)[TemporaryPrefix.Length..]));
            if (held is not null) Trees.Remove(temporary);
        }
    }

    /// <summary>Removes the indexes that are not among these; only while nobody else adds or uses any.</summary>
    public void Keep(IReadOnlySet<string> files)
    {
        foreach (string folder in Directory.EnumerateDirectories(indexes))
        {
            string key = Path.GetFileName(folder);
            if (!key.StartsWith('.') && !files.Contains(Path.Join(folder, "index"))) Folders.RemoveAtOnce(folder, Path.Join(indexes, TemporaryPrefix + key));
        }
    }

    private string LockOf(string key) => Path.Join(locks, $"index-{key}");

    private ImageIndex IndexOf(string key, IndexRecord record)
    {
        List<IndexDevice> devices = record.Archive is null ? [] : [record.Archive];
        foreach (IndexedLayer layer in record.Layers) if (layer.Offset is null) devices.Add(new IndexDevice(tars.PathOf(layer.Hex), null));
        return new ImageIndex(Path.Join(indexes, key, "index"), devices);
    }

    private static string KeyOf(IReadOnlyList<(string Hex, BlobPlace? Place)> layers, ArchiveInPlace? archive)
    {
        System.Text.StringBuilder text = new($"index {Version}\n");
        if (layers.Any(layer => layer.Place is not null)) text.Append($"{archive!.Path}\n{archive.Identity}\n");
        foreach ((string hex, BlobPlace? place) in layers) text.Append($"{hex} {place?.Offset}\n");
        return Sha256.HexOf(System.Text.Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Null where the layer has to be brought in, or is in the store already.</summary>
    private BlobPlace? PlaceIn(ArchiveInPlace archive, IBlobSource source, LayerBlob blob, string hex)
    {
        if (tars.Has(hex) || source.PlaceOf(blob.Name) is not { } place) return null;
        // the kernel reads whole blocks
        if (place.Offset % ErofsFormat.BlockBytes != 0 || place.Offset + ErofsFormat.RoundUp(place.Length, ErofsFormat.BlockBytes) > archive.Length) return null;
        using Stream stored = source.TryOpen(blob.Name)!;
        Span<byte> start = stackalloc byte[4];
        return LayerCompression.IsCompressed(start[..stored.ReadAtLeast(start, 4, throwOnEndOfStream: false)]) ? null : place;
    }

    private void Build(string key, IBlobSource source, List<(LayerBlob Blob, string Hex, BlobPlace? Place)> layers, ArchiveInPlace? archive, ByteBudget budget)
    {
        using FileLock held = FileLock.Take(LockOf(key));
        string temporary = Path.Join(indexes, TemporaryPrefix + key), final = Path.Join(indexes, key);
        Trees.Remove(temporary);
        try
        {
            IndexInode[] trees = ReadTrees(source, layers, budget);
            IndexDevice? device = layers.Any(layer => layer.Place is not null) ? new IndexDevice(archive!.Path, archive.Identity) : null;
            if (device is { IsIntact: false }) throw new ImageException("was changed while it was read");
            IndexRecord record = new(device, [.. layers.Select(l => new IndexedLayer(l.Hex, l.Place?.Length ?? tars.SizeOf(l.Hex), l.Place?.Offset))]);
            Directory.CreateDirectory(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            WriteIndex(Path.Join(temporary, "index"), key, trees, record);
            File.WriteAllBytes(Path.Join(temporary, "record"), record.ToJson());
            // one that lacks something now, such as a layer that was removed
            Trees.Remove(final);
            Directory.Move(temporary, final);
        }
        catch
        {
            Trees.Remove(temporary);
            throw;
        }
    }

    private IndexInode[] ReadTrees(IBlobSource source, List<(LayerBlob Blob, string Hex, BlobPlace? Place)> layers, ByteBudget budget)
    {
        IndexInode[] trees = new IndexInode[layers.Count];
        EntryBudget entries = new();
        try
        {
            Parallel.For(0, layers.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                (LayerBlob blob, string hex, BlobPlace? place) = layers[i];
                if (place is null)
                {
                    trees[i] = tars.Ensure(source, blob, hex, budget, i, entries);
                    return;
                }
                using Stream stored = LayerStream.Open(source, blob, hex);
                // nothing is inflated or written
                trees[i] = LayerTars.Verify(stored, hex, new ByteBudget(long.MaxValue, ""), i, entries);
            });
        }
        catch (AggregateException e)
        {
            throw e.InnerExceptions[0] as ImageException ?? new ImageException(ImageException.Printable(e.InnerExceptions[0].Message), e.InnerExceptions[0]);
        }
        return trees;
    }

    private void WriteIndex(string path, string key, IndexInode[] trees, IndexRecord record)
    {
        List<SafeFileHandle> devices = [];
        List<LayerPlace> places = [];
        try
        {
            foreach (IndexDevice device in IndexOf(key, record).Devices) devices.Add(File.OpenHandle(device.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            int next = record.Archive is null ? 0 : 1;
            foreach (IndexedLayer layer in record.Layers) places.Add(layer.Offset is { } offset ? new LayerPlace(0, offset) : new LayerPlace(next++, 0));
            using SafeFileHandle output = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            IndexWriter.Write(output, LayerMerge.Merge(trees), devices, places, Convert.FromHexString(key));
        }
        finally
        {
            foreach (SafeFileHandle device in devices) device.Dispose();
        }
    }
}
