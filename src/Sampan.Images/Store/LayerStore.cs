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
    private const long AlwaysAllowedBytes = 1L << 30;
    private const long MaxRatio = 200;

    public string DirectoryOf(string hex) => Path.Join(layers, $"sha256-{hex}", "diff");

    public long SizeOf(string hex) =>
        long.Parse(File.ReadAllText(Path.Join(layers, $"sha256-{hex}", "size")), CultureInfo.InvariantCulture);

    /// <summary>Unpacks the layer unless it is there; several processes may ask at once.</summary>
    public void Ensure(IBlobSource source, LayerBlob blob, string hex)
    {
        string final = Path.Join(layers, $"sha256-{hex}");
        if (Directory.Exists(final)) return;
        using FileLock held = FileLock.Take(LockOf(hex));
        if (Directory.Exists(final)) return;
        string temporary = Path.Join(layers, TemporaryPrefix + hex);
        // under the lock, what lies here is of a process that died
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        try
        {
            Directory.CreateDirectory(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Unpack(source, blob, hex, temporary);
            Directory.Move(temporary, final);
        }
        catch
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <summary>Removes what processes that died have left half unpacked.</summary>
    public void Sweep()
    {
        foreach (string temporary in Directory.EnumerateDirectories(layers, TemporaryPrefix + "*"))
        {
            using FileLock? held = FileLock.TryTake(LockOf(Path.GetFileName(temporary)[TemporaryPrefix.Length..]));
            if (held is not null && Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    private string LockOf(string hex) => Path.Join(locks, $"layer-{hex}");

    private void Unpack(IBlobSource source, LayerBlob blob, string hex, string directory)
    {
        Stream stored = source.TryOpen(blob.Name) ?? throw new ImageException($"layer '{ImageException.Printable(blob.Name)}' is missing");
        if (blob.SizeBytes is { } size && size != stored.Length)
            throw new ImageException($"layer {blob.Name}: {stored.Length} bytes, the manifest says {size}");
        CheckBlob(stored, blob);
        long limit = Math.Min(new DriveInfo(layers).AvailableFreeSpace, Math.Max(AlwaysAllowedBytes, stored.Length * MaxRatio));
        using HashingStream plain = new(LayerCompression.Decompress(stored), limit, $"layer sha256:{hex} unpacked");
        string diff = Path.Join(directory, "diff");
        Directory.CreateDirectory(diff);
        File.SetUnixFileMode(diff, (UnixFileMode)0x1ed);
        using (Fd root = Paths.Open(diff, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow))
        using (LayerUnpacker unpacker = new(root))
        {
            try
            {
                unpacker.Unpack(new TarReader(plain));
            }
            catch (ImageException e)
            {
                throw new ImageException($"layer sha256:{hex}: {e.Message}", e);
            }
        }
        string actual = plain.DrainAndFinishHex();
        if (actual != hex) throw new ImageException($"layer sha256:{hex}: the content has the digest sha256:{actual}");
        File.WriteAllText(Path.Join(directory, "size"), plain.Count.ToString(CultureInfo.InvariantCulture));
    }

    private static void CheckBlob(Stream stored, LayerBlob blob)
    {
        if (blob.Hex is null) return;
        Sha256 hash = new();
        byte[] buffer = new byte[256 * 1024];
        int count;
        while ((count = stored.Read(buffer)) > 0) hash.Append(buffer.AsSpan(0, count));
        if (hash.FinishHex() != blob.Hex) throw new ImageException($"layer {blob.Name} does not have the digest of its name");
        stored.Position = 0;
    }
}
