using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Capabilities;

/// <summary>The three sets of a thread that capget(2) reports.</summary>
public sealed unsafe partial record ProcessCapabilities(CapabilitySet Effective, CapabilitySet Permitted, CapabilitySet Inheritable)
{
    // two 32-bit words for each set
    [C("_LINUX_CAPABILITY_VERSION_3")] private const uint Version3 = 0x20080522;

    /// <summary>Those of the calling thread.</summary>
    public static ProcessCapabilities Current() => Of(0);

    /// <param name="pid">A process, or 0 for the calling thread.</param>
    public static ProcessCapabilities Of(int pid)
    {
        uint* header = stackalloc uint[2] { Version3, (uint)pid };
        // effective, permitted, inheritable of the low words, then of the high ones: the kernel fills exactly these six
        uint* data = stackalloc uint[6];
        if (syscall(SyscallNumber.capget, header, data) < 0) throw SyscallException.Last($"capget({pid})");
        return new ProcessCapabilities(Join(data[0], data[3]), Join(data[1], data[4]), Join(data[2], data[5]));
    }

    private static CapabilitySet Join(uint low, uint high) => new(low | ((ulong)high << 32));

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, uint* header, uint* data);
}
