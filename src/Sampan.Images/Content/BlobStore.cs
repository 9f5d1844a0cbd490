using Sampan.Images.Digests;
using Sampan.Linux.Files;

namespace Sampan.Images.Content;

/// <summary>Blobs by digest, <c>blobs/sha256/HEX</c>, as they came. One appears complete, by rename, or not at all; what is fetched is
/// written to <c>partial/HEX</c>, where the next process goes on with it.</summary>
internal sealed class BlobStore(string directory, string locks)
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string TemporaryPrefix = ".writing-";
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(7);

    private string Blobs => Path.Join(directory, "blobs", "sha256");

    private string Partial => Path.Join(directory, "partial");

    public string PathOf(string hex) => Path.Join(Blobs, hex);

    /// <summary>Whether the blob is there in this length; one that a power cut has shortened counts as missing.</summary>
    public bool Has(string hex, long sizeBytes) => File.Exists(PathOf(hex)) && new FileInfo(PathOf(hex)).Length == sizeBytes;

    /// <summary>Null where it is not there.</summary>
    public FileStream? TryOpen(string hex)
    {
        try
        {
            return new FileStream(PathOf(hex), new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <exception cref="ImageException">It is not there, or is no longer what its name says.</exception>
    public byte[] ReadSmall(string hex)
    {
        using FileStream blob = TryOpen(hex) ?? throw new ImageException($"blob sha256:{hex} is missing; hint: pull or load the image again");
        if (blob.Length > 2 * ImageManifest.MaxBytes) throw new ImageException($"blob sha256:{hex} is larger than it can be");
        byte[] content = new byte[blob.Length];
        blob.ReadExactly(content);
        return Sha256.HexOf(content) == hex ? content : throw new ImageException($"blob sha256:{hex} is damaged; hint: pull or load the image again");
    }

    /// <summary>Keeps a small document.</summary>
    public string Put(byte[] content)
    {
        string hex = Sha256.HexOf(content);
        if (Has(hex, content.Length)) return hex;
        Prepare();
        string temporary = Temporary();
        try
        {
            using (FileStream file = Create(temporary)) file.Write(content);
            File.Move(temporary, PathOf(hex), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return hex;
    }

    /// <summary>Keeps what <paramref name="produce"/> writes.</summary>
    /// <returns>Its digest and length.</returns>
    public (string Hex, long SizeBytes) Write(Action<Stream> produce)
    {
        Prepare();
        string temporary = Temporary();
        try
        {
            using FileStream file = Create(temporary);
            using HashingWriter hashing = new(file);
            produce(hashing);
            string hex = hashing.FinishHex();
            File.Move(temporary, PathOf(hex), overwrite: true);
            return (hex, hashing.Count);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Waits for whoever else fetches this blob.</summary>
    public FileLock Lock(string hex)
    {
        Prepare();
        return FileLock.Take(Path.Join(locks, $"blob-{hex}"));
    }

    /// <summary>The file for what has come of the blob so far; only under its <see cref="Lock"/>.</summary>
    public FileStream OpenPartial(string hex) => new(Path.Join(Partial, hex), new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        UnixCreateMode = OwnerFile,
        BufferSize = 0,
    });

    /// <summary>The partial file holds the whole blob now, and its digest was checked.</summary>
    public void Complete(string hex) => File.Move(Path.Join(Partial, hex), PathOf(hex), overwrite: true);

    public void DropPartial(string hex) => File.Delete(Path.Join(Partial, hex));

    /// <summary>Removes blobs that nothing refers to, and what nobody has gone on with; only while nobody else adds anything.</summary>
    public void Keep(IReadOnlySet<string> hexes)
    {
        if (!Directory.Exists(Blobs)) return;
        foreach (string path in Directory.EnumerateFiles(Blobs))
            if (!hexes.Contains(Path.GetFileName(path))) File.Delete(path);
        foreach (string path in Directory.EnumerateFiles(Partial))
        {
            bool isTemporary = Path.GetFileName(path).StartsWith(TemporaryPrefix, StringComparison.Ordinal);
            if (isTemporary || File.GetLastWriteTimeUtc(path) < DateTime.UtcNow - Abandoned) File.Delete(path);
        }
    }

    private string Temporary() => Path.Join(Partial, $"{TemporaryPrefix}{Guid.NewGuid():N}");

    private static FileStream Create(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, UnixCreateMode = OwnerFile, BufferSize = 0 });

    private void Prepare()
    {
        foreach (string folder in (ReadOnlySpan<string>)[directory, Path.Join(directory, "blobs"), Blobs, Partial]) Directory.CreateDirectory(folder, OwnerFolder);
    }
}
