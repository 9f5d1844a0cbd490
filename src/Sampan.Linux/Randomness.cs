using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux;

/// <summary>Random bytes of the kernel, getrandom(2). The framework's own generator needs OpenSSL, which a static program has not.</summary>
public static unsafe partial class Randomness
{
    public static void Fill(Span<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            // up to 256 bytes come whole and uninterrupted
            if (bytes.Length > 256 || getrandom(at, bytes.Length, 0) != bytes.Length) throw SyscallException.Last($"getrandom({bytes.Length})");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getrandom(byte* buffer, nint length, uint flags);
}
