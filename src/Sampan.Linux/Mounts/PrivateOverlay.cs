using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Mounts;

/// <summary>
/// An overlay of many directories on kernels before 6.5, where fsconfig(2) takes 255 bytes for all of them: mount(2) takes a page,
/// and with the descriptors' folder as current directory each lower is named by its number alone. A thread of its own does it in a
/// mount namespace of its own, so nobody sees the mount; a detached copy of it is what remains.
/// </summary>
internal static unsafe partial class PrivateOverlay
{
    [C("CLONE_NEWNS")] private const int NewMountNamespace = 0x20000;
    private const int OptionBytesMax = 4095;

    /// <inheritdoc cref="DetachedMount.Overlay"/>
    public static Fd Make(IReadOnlyList<string> lowers, string? upper, string? work, bool userXattr)
    {
        Fd? result = null;
        Exception? error = null;
        // the kernel gives every thread its own mount namespace and current directory; both end with it
        Thread thread = new(() =>
        {
            try
            {
                result = MakeInThisThread(lowers, upper, work, userXattr);
            }
            catch (Exception e) when (e is SyscallException)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return result ?? throw error!;
    }

    private static Fd MakeInThisThread(IReadOnlyList<string> lowers, string? upper, string? work, bool userXattr)
    {
        if (unshare(NewMountNamespace) < 0) throw SyscallException.Last("unshare(mount namespace)");
        Mount("none", "/", null, MountFlags.Private | MountFlags.Recursive, null);
        List<Fd> opened = [];
        try
        {
            // after unshare: overlayfs takes only directories of the caller's mount namespace
            string NumberOf(string path)
            {
                opened.Add(Paths.Open(path, OpenFlags.Path | OpenFlags.Directory));
                return opened[^1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            StringBuilder options = new("lowerdir=");
            options.AppendJoin(':', lowers.Select(NumberOf));
            if (upper is not null) options.Append($",upperdir={NumberOf(upper)},workdir={NumberOf(work!)}");
            if (userXattr) options.Append(",userxattr");
            if (options.Length > OptionBytesMax) throw new SyscallException($"mount(overlay, {lowers.Count} layers)", Errno.E2BIG);
            if (chdir("/proc/self/fd") < 0) throw SyscallException.Last("chdir(/proc/self/fd)");
            // over the first lower: a place that is surely there, and covered only in this namespace
            Mount("overlay", lowers[0], "overlay", MountFlags.None, options.ToString());
            return DetachedMount.Clone(lowers[0], recursive: false);
        }
        finally
        {
            foreach (Fd fd in opened) fd.Dispose();
        }
    }

    private static void Mount(string source, string target, string? type, MountFlags flags, string? options)
    {
        if (mount(source, target, type, (ulong)flags, options) < 0)
            throw SyscallException.Last($"mount({source}, {target}, {type ?? "-"}, {flags}, {options ?? "-"})");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int chdir(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int mount(string source, string target, string? type, ulong flags, string? data);
}
