using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;

namespace Sampan.Images.Layers.Unpack;

/// <summary>Owner, mode, extended attributes and time of a member.</summary>
internal static class EntryMetadata
{
    /// <summary>All of it, on an open file or directory.</summary>
    public static void Apply(Fd file, TarEntry entry)
    {
        // chown clears set-uid bits and file capabilities: owner first
        Entries.ChangeOwner(file, Uid(entry), Gid(entry));
        Entries.ChangeMode(file, entry.Mode);
        foreach ((string name, byte[] value) in entry.Attributes)
        {
            // an archive must not speak to overlayfs (metacopy, redirect), nor set what only the host's root may
            if (name.StartsWith("trusted.", StringComparison.Ordinal) || name.StartsWith("user.overlay.", StringComparison.Ordinal)) continue;
            try
            {
                Entries.SetAttribute(file, name, value);
            }
            catch (SyscallException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM)
            {
                // as GNU tar: this file system or namespace has no such attribute
            }
        }
        Entries.SetTime(file, entry.Seconds, entry.Nanoseconds);
    }

    /// <summary>Owner, time and for devices and fifos the mode, on what must not be opened.</summary>
    public static void Apply(Fd parent, string name, TarEntry entry)
    {
        Entries.ChangeOwner(parent, name, Uid(entry), Gid(entry));
        if (entry.Type != '2') Entries.ChangeMode(parent, name, entry.Mode);
        Entries.SetTime(parent, name, entry.Seconds, entry.Nanoseconds);
    }

    private static uint Uid(TarEntry entry)
    {
        if (OwnUserNamespace.IsInside && entry.Uid is >= 0 and < uint.MaxValue && !OwnUserNamespace.HasUser((uint)entry.Uid)) throw NotOurs("uid", entry.Uid);
        return InRange(entry.Uid, "uid");
    }

    private static uint Gid(TarEntry entry)
    {
        if (OwnUserNamespace.IsInside && entry.Gid is >= 0 and < uint.MaxValue && !OwnUserNamespace.HasGroup((uint)entry.Gid)) throw NotOurs("gid", entry.Gid);
        return InRange(entry.Gid, "gid");
    }

    private static uint InRange(long id, string what) =>
        id is >= 0 and < uint.MaxValue ? (uint)id : throw new ImageException($"tar header: {what} {id} is out of range");

    private static ImageException NotOurs(string what, long id) =>
        new($"{what} {id} is not among the user's ids; hint: install uidmap and grant ids in /etc/subuid and /etc/subgid");
}
