using System.Runtime.InteropServices;

namespace Sampan.Linux.Errors;

/// <summary>A system call failed. The message reads as strace(1) would print it:
/// <c>mount(proc, /proc, proc, nosuid|nodev|noexec): EPERM (Operation not permitted)</c>.</summary>
public sealed class SyscallException : IOException
{
    public SyscallException(string call, Errno errno)
        : base($"{call}: {errno.Describe()}")
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>The call with its arguments, without the error.</summary>
    public string Call { get; }

    public Errno Errno { get; }

    /// <summary>The exception for the error that the calling thread's last system call left in errno.</summary>
    public static SyscallException Last(string call) => new(call, (Errno)Marshal.GetLastPInvokeError());
}
