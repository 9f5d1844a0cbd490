using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Namespaces;

/// <summary>setns(2).</summary>
public static partial class Entering
{
    /// <summary>Enters namespaces of the process behind a pidfd, or the one namespace that a descriptor refers to.</summary>
    public static void Join(Fd target, NamespaceKind kinds)
    {
        if (setns(target.Number, (int)kinds) < 0) throw SyscallException.Last($"setns({target}, {kinds})");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int kinds);
}
