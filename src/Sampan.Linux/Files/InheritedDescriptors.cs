using System.Runtime.InteropServices;

namespace Sampan.Linux.Files;

/// <summary>Descriptors that this process got from the one that executed it.</summary>
public static partial class InheritedDescriptors
{
    [C("F_GETFD")] private const int GetDescriptorFlags = 1;
    [C("FD_CLOEXEC")] private const int CloseOnExec = 1;

    /// <summary>
    /// Whether a number is open and was so before this program ran: an inherited one is never close-on-exec, and every
    /// one opened in here is.
    /// </summary>
    public static bool Contains(int number) => fcntl(number, GetDescriptorFlags, 0) is >= 0 and var flags && (flags & CloseOnExec) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, nint argument);
}
