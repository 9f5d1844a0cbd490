using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sampan.Linux.Files;

/// <summary>An owned file descriptor; closed when disposed. Every descriptor made here is close-on-exec.</summary>
public sealed partial class Fd : SafeHandleMinusOneIsInvalid
{
    public Fd()
        : base(ownsHandle: true)
    {
    }

    public Fd(int number)
        : base(ownsHandle: true) => SetHandle(number);

    private Fd(int number, bool ownsHandle)
        : base(ownsHandle) => SetHandle(number);

    public static Fd StandardInput { get; } = Borrow(0);

    public static Fd StandardOutput { get; } = Borrow(1);

    public static Fd StandardError { get; } = Borrow(2);

    /// <summary>The descriptor's number, valid as long as this object is alive and not disposed.</summary>
    public int Number => (int)handle;

    /// <summary>A path by which this process reaches the open file: <c>/proc/self/fd/N</c>, proc_pid_fd(5).</summary>
    public string ProcPath => $"/proc/self/fd/{Number}";

    /// <summary>A descriptor that somebody else owns and closes.</summary>
    public static Fd Borrow(int number) => new(number, ownsHandle: false);

    public override string ToString() => $"fd {Number}";

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
