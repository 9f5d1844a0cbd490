using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>
/// Copies what is in a directory, with owners, modes, times, extended attributes, hard links and device nodes. Both sides are
/// reached by descriptors, one name at a time, and no symbolic link is followed on either.
/// </summary>
public sealed partial class TreeCopy
{
    private const ResolveFlags OneName = ResolveFlags.Beneath | ResolveFlags.NoSymlinks;
    [C("S_IRUSR | S_IWUSR")] private const uint OwnerOnly = 0x180;
    [C("S_IRWXU")] private const uint OwnerOnlyDirectory = 0x1C0;

    private readonly Dictionary<(uint, uint, ulong), string> _links = [];

    private TreeCopy()
    {
    }

    /// <summary>Copies into a directory that is there and empty; it gets the owner, mode and times of the other.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="to">Open for reading.</param>
    public static void Copy(Fd from, Fd to) => new TreeCopy().CopyDirectory(from, to, to, "");

    private void CopyDirectory(Fd from, Fd to, Fd top, string path)
    {
        foreach (string name in DirectoryNames.Of(from)) CopyEntry(from, to, name, top, path + name);
        Describe(from, to, Statx.Of(from));
    }

    private void CopyEntry(Fd from, Fd to, string name, Fd top, string path)
    {
        Statx status = Statx.Of(from, name);
        if (status.IsDirectory)
        {
            using Fd source = Paths.OpenInRoot(from, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, resolve: OneName);
            Entries.MakeDirectory(to, name, OwnerOnlyDirectory);
            using Fd target = Paths.OpenInRoot(to, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, resolve: OneName);
            CopyDirectory(source, target, top, path + "/");
            return;
        }

        // the first of a file's names is copied, the others become links to it
        if (status.Links > 1 && !_links.TryAdd(status.Identity, path))
        {
            Entries.MakeHardLink(top, _links[status.Identity], to, name);
            return;
        }

        if (status.IsRegular)
        {
            using Fd source = Paths.OpenInRoot(from, name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking, resolve: OneName);
            using Fd target = Paths.OpenInRoot(to, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, OwnerOnly, OneName);
            CopyContent(source, target);
            Describe(source, target, status);
            return;
        }

        if (status.IsSymbolicLink) Entries.MakeSymbolicLink(DirectoryNames.ReadLink(from, name), to, name);
        else Entries.MakeNode(to, name, status.Type, status.NodeMajor, status.NodeMinor);
        Entries.ChangeOwner(to, name, status.Uid, status.Gid);
        if (!status.IsSymbolicLink) Entries.ChangeMode(to, name, status.Permissions);
        Entries.SetTime(to, name, status.ModifiedSeconds, status.ModifiedNanoseconds);
    }

    // the owner first: a change of it clears set-user-ID bits and file capabilities
    private static void Describe(Fd from, Fd to, Statx status)
    {
        Entries.ChangeOwner(to, status.Uid, status.Gid);
        Entries.ChangeMode(to, status.Permissions);
        ExtendedAttributes.Copy(from, to);
        Entries.SetTime(to, status.ModifiedSeconds, status.ModifiedNanoseconds);
    }

    private static void CopyContent(Fd from, Fd to)
    {
        const nint atOnce = 1 << 30;
        while (true)
        {
            nint copied = sendfile(to.Number, from.Number, 0, atOnce);
            if (copied == 0) return;
            if (copied < 0 && (Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"sendfile({to}, {from})");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendfile(int to, int from, nint offset, nint count);
}
