using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Processes;

/// <summary>execv(3): another program in place of this one.</summary>
public static unsafe partial class ProgramExecution
{
    /// <summary>Does not come back. Descriptors that are not close-on-exec stay open, which here are 0, 1 and 2 alone.</summary>
    /// <param name="arguments">All of them, the program's own name first.</param>
    /// <exception cref="SyscallException">It can not be executed.</exception>
    public static void Replace(string path, IReadOnlyList<string> arguments)
    {
        byte** array = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < arguments.Count; i++) array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
        _ = execv(path, array); // comes back only when it fails, and then nothing is freed: the error ends this process
        throw SyscallException.Last($"execv({path})");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string path, byte** arguments);
}
