using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Mounts;

/// <summary>Mounts that only one thread, and what it starts, can see: they end with the last of these processes, whatever ends them.</summary>
public static partial class PrivateMounts
{
    [C("CLONE_NEWNS")] private const int NewMountNamespace = 0x20000;

    /// <summary>
    /// Runs an action in a mount namespace of its own, in which <paramref name="source"/> with all mounts below it is also found at
    /// <paramref name="target"/>. What happens to the host's mounts meanwhile is seen there, but not the other way round.
    /// </summary>
    public static void With(string source, string target, Action action)
    {
        Exception? error = null;
        // a thread of its own: the others, and later calls, stay where they are
        Thread thread = new(() =>
        {
            try
            {
                if (unshare(NewMountNamespace) < 0) throw SyscallException.Last("unshare(mount namespace)");
                Mount("none", "/", MountFlags.Slave | MountFlags.Recursive);
                Mount(source, target, MountFlags.Bind | MountFlags.Recursive);
                action();
            }
#pragma warning disable CA1031 // it is thrown again, in the thread that waits
            catch (Exception e)
#pragma warning restore CA1031
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        if (error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
    }

    private static void Mount(string source, string target, MountFlags flags)
    {
        if (mount(source, target, null, (ulong)flags, null) < 0) throw SyscallException.Last($"mount({source}, {target}, -, {flags})");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int mount(string source, string target, string? type, ulong flags, string? data);
}
