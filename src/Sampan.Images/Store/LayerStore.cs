using System.Globalization;
using Sampan.Images.Archive;
using Sampan.Images.Digests;
using Sampan.Images.Layers;
using Sampan.Images.Layers.Unpack;
using Sampan.Linux.Files;

namespace Sampan.Images.Store;

/// <summary>Unpacked layers, one directory per diffID: <c>sha256-HEX/diff</c>. A directory appears complete, by rename, or not at all.</summary>
internal sealed class LayerStore(string layers, string locks)
{
    private const string TemporaryPrefix = ".unpacking-";

    public string DirectoryOf(string hex) => Path.Join(layers, $"sha256-{hex}", "diff");

    public long SizeOf(string hex) =>
        long.Parse(File.ReadAllText(Path.Join(layers, $"sha256-{hex}", "size")), CultureInfo.InvariantCulture);

    /// <summary>Unpacks the layer unless it is there; several processes may ask at once.</summary>
    /// <param name="hex">The layer's diffID.</param>
    /// <param name="budget">Shared with the image's other layers.</param>
    public void Ensure(IBlobSource source, LayerBlob blob, string hex, ByteBudget budget)
    {
        string final = Path.Join(layers, $"sha256-{hex}");
        if (Directory.Exists(final)) return;
        using FileLock held = FileLock.Take(LockOf(hex));
        if (Directory.Exists(final)) return;
        string temporary = Path.Join(layers, TemporaryPrefix + hex);
        // under the lock, what lies here is of a process that died
        Trees.Remove(temporary);
        try
        {
            Directory.CreateDirectory(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Unpack(source, blob, hex, budget, temporary);
            Directory.Move(temporary, final);
        }
        catch
        {
            Trees.Remove(temporary);
            throw;
        }
    }

    /// <summary>Removes what processes that died have left half unpacked.</summary>
    public void Sweep()
    {
        foreach (string temporary in Directory.EnumerateDirectories(layers, TemporaryPrefix + "*"))
        {
            using FileLock? held = FileLock.TryTake(LockOf(Path.GetFileName(temporary)[TemporaryPrefix.Length..]));
            if (held is not null) Trees.Remove(temporary);
        }
    }

    /// <summary>Removes the layers whose directories are not among these; only while nobody else adds or uses any.</summary>
    public void Keep(IReadOnlySet<string> directories)
    {
        foreach (string layer in Directory.EnumerateDirectories(layers, "sha256-*"))
        {
            if (!directories.Contains(Path.Join(layer, "diff")))
                Folders.RemoveAtOnce(layer, Path.Join(layers, TemporaryPrefix + Path.GetFileName(layer)["sha256-".Length..]));
        }
    }

    private string LockOf(string hex) => Path.Join(locks, $"layer-{hex}");

    private static void Unpack(IBlobSource source, LayerBlob blob, string hex, ByteBudget budget, string directory)
    {
        using Stream stored = LayerStream.Open(source, blob, hex);
        string diff = Path.Join(directory, "diff");
        Directory.CreateDirectory(diff);
        File.SetUnixFileMode(diff, (UnixFileMode)0x1ed);
        HashingStream plain = new(LayerCompression.Decompress(stored), budget);
        try
        {
            using ReadAheadStream ahead = new(plain);
            using Fd root = Paths.Open(diff, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow);
            using LayerUnpacker unpacker = new(root);
            unpacker.Unpack(new TarReader(ahead));
            // what follows the end of the archive belongs to the digest too
            ahead.CopyTo(Stream.Null);
        }
        catch (Exception e) when (e is ImageException or InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            throw new ImageException($"layer sha256:{hex}: {e.Message}", e);
        }
        string actual = plain.FinishHex();
        if (actual != hex) throw new ImageException($"layer sha256:{hex}: the content has the digest sha256:{actual}");
        File.WriteAllText(Path.Join(directory, "size"), plain.Count.ToString(CultureInfo.InvariantCulture));
    }
}
