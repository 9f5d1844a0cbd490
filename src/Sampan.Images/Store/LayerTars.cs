using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sampan.Images.Archive;
using Sampan.Images.Digests;
using Sampan.Images.Layers;
using Sampan.Images.Layers.Index;
using Sampan.Linux.Files;

namespace Sampan.Images.Store;

/// <summary>
/// Layers as uncompressed tars, one folder per diffID: <c>sha256-HEX/tar</c> and <c>sha256-HEX/size</c>, the bytes that the digest is of. The
/// tar is filled up to whole blocks behind them, because the kernel reads whole blocks. A folder appears complete, by rename, or not at all.
/// </summary>
internal sealed class LayerTars(string tars, string locks)
{
    private const string TemporaryPrefix = ".writing-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string PathOf(string hex) => Path.Join(tars, $"sha256-{hex}", "tar");

    public bool Has(string hex) => Directory.Exists(Path.Join(tars, $"sha256-{hex}"));

    public long SizeOf(string hex) =>
        long.Parse(File.ReadAllText(Path.Join(tars, $"sha256-{hex}", "size")), CultureInfo.InvariantCulture);

    /// <summary>Reads the tree of a layer, which is brought in unless it is there; several processes may ask at once.</summary>
    /// <param name="layer">The layer's number in its image.</param>
    public IndexInode Ensure(IBlobSource source, LayerBlob blob, string hex, ByteBudget budget, int layer, EntryBudget entries)
    {
        if (!Has(hex))
        {
            using FileLock held = FileLock.Take(LockOf(hex));
            if (!Has(hex)) return Bring(source, blob, hex, budget, layer, entries);
        }
        using SafeFileHandle file = File.OpenHandle(PathOf(hex));
        return Naming(hex, () => LayerTree.Read(new TarReader(new SliceStream(file, 0, SizeOf(hex))), layer, entries));
    }

    /// <summary>Checks a layer's digest while its tree is read, and writes it nowhere.</summary>
    public static IndexInode Verify(Stream stored, string hex, ByteBudget budget, int layer, EntryBudget entries) =>
        Read(stored, Stream.Null, hex, budget, layer, entries).Tree;

    /// <summary>Removes what processes that died have left half written.</summary>
    public void Sweep()
    {
        foreach (string temporary in Directory.EnumerateDirectories(tars, TemporaryPrefix + "*"))
        {
            using FileLock? held = FileLock.TryTake(LockOf(Path.GetFileName(temporary)[TemporaryPrefix.Length..]));
            if (held is not null) Trees.Remove(temporary);
        }
    }

    /// <summary>Removes the tars that are not among these; only while nobody else adds or uses any.</summary>
    public void Keep(IReadOnlySet<string> files)
    {
        foreach (string folder in Directory.EnumerateDirectories(tars, "sha256-*"))
        {
            string hex = Path.GetFileName(folder)["sha256-".Length..];
            if (!files.Contains(PathOf(hex))) Folders.RemoveAtOnce(folder, Path.Join(tars, TemporaryPrefix + hex));
        }
    }

    private string LockOf(string hex) => Path.Join(locks, $"tar-{hex}");

    private IndexInode Bring(IBlobSource source, LayerBlob blob, string hex, ByteBudget budget, int layer, EntryBudget entries)
    {
        string temporary = Path.Join(tars, TemporaryPrefix + hex);
        // under the lock, what lies here is of a process that died
        Trees.Remove(temporary);
        try
        {
            Directory.CreateDirectory(temporary, OwnerOnly);
            using Stream stored = LayerStream.Open(source, blob, hex);
            string path = Path.Join(temporary, "tar");
            (IndexInode Tree, long Bytes) read;
            using (FileStream copy = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0))
            {
                read = Read(LayerCompression.Decompress(stored), copy, hex, budget, layer, entries);
                copy.SetLength(ErofsFormat.RoundUp(read.Bytes, ErofsFormat.BlockBytes));
            }
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            File.WriteAllText(Path.Join(temporary, "size"), read.Bytes.ToString(CultureInfo.InvariantCulture));
            Directory.Move(temporary, Path.Join(tars, $"sha256-{hex}"));
            return read.Tree;
        }
        catch
        {
            Trees.Remove(temporary);
            throw;
        }
    }

    private static (IndexInode Tree, long Bytes) Read(Stream plain, Stream copy, string hex, ByteBudget budget, int layer, EntryBudget entries)
    {
        HashingStream hashed = new(plain, budget);
        IndexInode tree = Naming(hex, () =>
        {
            using ReadAheadStream ahead = new(hashed);
            TeeStream tee = new(ahead, copy);
            IndexInode read = LayerTree.Read(new TarReader(tee), layer, entries);
            // what follows the end of the archive belongs to the digest too
            tee.CopyTo(Stream.Null);
            return read;
        });
        string actual = hashed.FinishHex();
        return actual == hex ? (tree, hashed.Count) : throw new ImageException($"layer sha256:{hex}: the content has the digest sha256:{actual}");
    }

    private static IndexInode Naming(string hex, Func<IndexInode> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ImageException or InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            throw new ImageException($"layer sha256:{hex}: {e.Message}", e);
        }
    }
}
