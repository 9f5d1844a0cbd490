using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Runtime.Plan;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Start;

/// <summary>
/// A tmpfs with a copy of the directory that it will hide. Copying needs memory and loops: it happens here, before the clone, on a mount
/// that nobody sees.
/// </summary>
internal static class CopiedTmpfs
{
    /// <param name="root">The root file system.</param>
    /// <param name="label">The mount option with its SELinux context, or null.</param>
    /// <exception cref="Linux.Errors.SyscallException">ENOSPC where the copy is larger than the tmpfs may become.</exception>
    public static Fd Make(MountSpec mount, Fd root, (string Option, string Context)? label)
    {
        MountOptions options = MountOptions.Parse(mount.Options);
        if (label is { } given) options.Data.Add(given);
        MountAttributes late = options.Set & MountAttributes.ReadOnly; // it is filled first
        Fd tree = DetachedMount.FileSystem("tmpfs", mount.Source ?? "tmpfs", options.Data, options.Set & ~late);
        try
        {
            using (Fd? from = Paths.OpenInRootIfExists(root, mount.Destination, OpenFlags.ReadOnly | OpenFlags.Directory))
            using (Fd to = Paths.OpenInRoot(tree, ".", OpenFlags.ReadOnly | OpenFlags.Directory))
            {
                if (from is not null) TreeCopy.Copy(from, to);
                foreach ((string key, string? value) in options.Data)
                    if (key == "mode" && value is not null) Entries.ChangeMode(to, Octal(mount, value)); // asked for, so not the copy's
            }
            if (late != 0) DetachedMount.SetAttributes(tree, late);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    private static uint Octal(MountSpec mount, string text)
    {
        uint mode = 0;
        foreach (char digit in text)
            mode = digit is >= '0' and <= '7' && mode < 0x1000 ? (mode << 3) | (uint)(digit - '0') : throw new SpecException($"mounts: {mount.Destination}: mode={text} is not an octal number");
        return mode;
    }
}
