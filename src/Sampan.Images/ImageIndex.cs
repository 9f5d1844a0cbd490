using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;

namespace Sampan.Images;

/// <summary>An image as one EROFS file system: an index, and the files with the layers' tars into which it points.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Devices">In the order of the index's device table.</param>
public sealed record ImageIndex(string Path, IReadOnlyList<IndexDevice> Devices)
{
    /// <summary>The index and what it points into, by path.</summary>
    public IEnumerable<string> Files => Devices.Select(device => device.Path).Prepend(Path);

    /// <summary>A mount of the whole image, read-only, that no path leads to.</summary>
    /// <exception cref="ImageException">An archive in which the image lies in place is not what it was.</exception>
    /// <exception cref="SyscallException">The kernel refuses.</exception>
    public Fd Mount()
    {
        List<Fd> opened = [];
        try
        {
            using Fd index = OpenFile(Path);
            foreach (IndexDevice device in Devices)
            {
                opened.Add(OpenFile(device.Path));
                // looked at through the descriptor: it is this file that gets mounted
                if (device.Identity is { } identity && FileIdentity.Of(opened[^1].ProcPath) != identity)
                    throw new ImageException($"{ImageException.Printable(device.Path)}: has changed since its image was read; hint: run the archive again");
            }
            return DetachedMount.Erofs(index, opened);
        }
        finally
        {
            foreach (Fd fd in opened) fd.Dispose();
        }
    }

    private static Fd OpenFile(string path)
    {
        try
        {
            return HostFile.Open(path);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT)
        {
            throw new ImageException($"{ImageException.Printable(path)}: is gone, and with it files of the image; hint: run the archive again", e);
        }
    }
}
