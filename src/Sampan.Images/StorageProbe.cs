using Microsoft.Win32.SafeHandles;
using Sampan.Images.Layers.Index;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;

namespace Sampan.Images;

/// <summary>Finds out whether the kernel mounts indexes, by mounting one.</summary>
public static class StorageProbe
{
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>Null where containers can have an EROFS mount below an overlay, with files in <paramref name="directory"/>; else why not.</summary>
    /// <exception cref="IOException">The directory can not be written.</exception>
    public static string? Refusal(string directory)
    {
        string folder = Path.Join(directory, $".probe-{Guid.NewGuid():N}");
        try
        {
            foreach (string name in (ReadOnlySpan<string>)["", "upper", "work"]) Directory.CreateDirectory(Path.Join(folder, name));
            using Fd tar = Write(Path.Join(folder, "tar"), file => RandomAccess.Write(file, "content"u8, ErofsFormat.BlockBytes - 7));
            using Fd index = Write(Path.Join(folder, "index"), file => WriteIndex(file, tar));
            using Fd image = DetachedMount.Erofs(index, [tar]);
            using Fd root = DetachedMount.Overlay([image.ProcPath], Path.Join(folder, "upper"), Path.Join(folder, "work"), userXattr: false);
            using Fd read = Paths.OpenInRoot(root, "file", OpenFlags.ReadOnly);
            using SafeFileHandle content = new(read.Number, ownsHandle: false);
            byte[] bytes = new byte[ErofsFormat.BlockBytes];
            return RandomAccess.Read(content, bytes, 0) == bytes.Length && bytes.AsSpan().EndsWith("content"u8) ? null : "what it mounts reads wrong";
        }
        catch (SyscallException e)
        {
            return e.Message;
        }
        finally
        {
            Trees.Remove(folder);
        }
    }

    private static Fd Write(string path, Action<SafeFileHandle> write)
    {
        Fd file = Paths.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, OwnerOnly);
        using SafeFileHandle handle = new(file.Number, ownsHandle: false);
        write(handle);
        return file;
    }

    private static void WriteIndex(SafeFileHandle output, Fd tar)
    {
        IndexInode root = new('5');
        root.Parent = root;
        root.Children["file"] = new IndexInode('0') { Size = ErofsFormat.BlockBytes };
        using SafeFileHandle device = new(tar.Number, ownsHandle: false);
        IndexWriter.Write(output, root, [device], [new LayerPlace(0, 0)], new byte[16]);
    }
}
