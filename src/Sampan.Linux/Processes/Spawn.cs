using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Processes;

/// <summary>
/// Starting another program, posix_spawn(3). The C library clones with CLONE_VFORK and runs none of our code in the
/// child, so this is safe at any time and from any thread.
/// </summary>
public static unsafe partial class Spawn
{
    // glibc: 80 and 336 bytes, musl: 80 and 336; more does no harm
    private const int OpaqueBytes = 512;
    [C("sizeof(sigset_t)")] private const int SignalSetBytes = 128;

    [C("POSIX_SPAWN_SETSIGDEF")] private const short SetSignalDefaults = 0x04;
    [C("POSIX_SPAWN_SETSIGMASK")] private const short SetSignalMask = 0x08;
    [C("POSIX_SPAWN_SETSID")] private const short SetSession = 0x80;

    [C("F_DUPFD_CLOEXEC")] private const int DuplicateCloseOnExec = 1030;

    /// <summary>
    /// Starts <paramref name="path"/> (no search in PATH) with every signal unblocked and at its default. It inherits
    /// only descriptors in <paramref name="descriptors"/> and those that are not close-on-exec (0, 1 and 2).
    /// </summary>
    /// <param name="argv">All arguments, the program's own name first.</param>
    /// <param name="env">The whole environment as <c>NAME=value</c>.</param>
    /// <param name="descriptors">Number in the child, and what is to be open there.</param>
    /// <param name="newSession">setsid(2) in the child: it has no controlling terminal.</param>
    /// <exception cref="SyscallException">Also when the program can not be executed (ENOENT, EACCES, …).</exception>
    public static Child Start(string path, IReadOnlyList<string> argv, IReadOnlyList<string> env,
        IReadOnlyDictionary<int, Fd>? descriptors = null, bool newSession = false)
    {
        // Both buffers are larger than the C library's structs and live on this stack until posix_spawn has returned.
        ulong* actions = stackalloc ulong[OpaqueBytes / 8];
        ulong* attributes = stackalloc ulong[OpaqueBytes / 8];
        ulong* signals = stackalloc ulong[SignalSetBytes / 8];
        List<Fd> copies = [];
        byte** arguments = null, environment = null;
        Check(posix_spawn_file_actions_init(actions), "file_actions_init");
        Check(posix_spawnattr_init(attributes), "attr_init");
        try
        {
            AddDescriptors(actions, descriptors, copies);
            SetAttributes(attributes, signals, newSession);
            arguments = ToNative(argv);
            environment = ToNative(env);
            int pid;
            int error = posix_spawn(&pid, path, actions, attributes, arguments, environment);
            if (error != 0) throw new SyscallException($"posix_spawn({path})", (Errno)error);
            return new Child(pid);
        }
        finally
        {
            FreeNative(arguments);
            FreeNative(environment);
            foreach (Fd copy in copies) copy.Dispose();
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
            GC.KeepAlive(descriptors);
        }
    }

    private static void AddDescriptors(ulong* actions, IReadOnlyDictionary<int, Fd>? descriptors, List<Fd> copies)
    {
        if (descriptors is null) return;
        int aboveAll = 3;
        foreach (int target in descriptors.Keys) aboveAll = Math.Max(aboveAll, target + 1);
        foreach ((int target, Fd source) in descriptors)
        {
            // from a copy above all targets: else one dup2 could overwrite the source of the next
            int copy = fcntl(source.Number, DuplicateCloseOnExec, aboveAll);
            if (copy < 0) throw SyscallException.Last($"fcntl({source}, F_DUPFD_CLOEXEC)");
            copies.Add(new Fd(copy));
            Check(posix_spawn_file_actions_adddup2(actions, copy, target), "file_actions_adddup2");
        }
    }

    private static void SetAttributes(ulong* attributes, ulong* signals, bool newSession)
    {
        new Span<byte>(signals, SignalSetBytes).Clear();
        Check(posix_spawnattr_setsigmask(attributes, signals), "attr_setsigmask");
        // every signal: an ignored SIGPIPE (.NET ignores it) would outlive exec
        new Span<byte>(signals, SignalSetBytes).Fill(0xff);
        Check(posix_spawnattr_setsigdefault(attributes, signals), "attr_setsigdefault");
        short flags = (short)(SetSignalMask | SetSignalDefaults | (newSession ? SetSession : 0));
        Check(posix_spawnattr_setflags(attributes, flags), "attr_setflags");
    }

    private static byte** ToNative(IReadOnlyList<string> texts)
    {
        byte** array = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++) array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return array;
    }

    private static void FreeNative(byte** array)
    {
        if (array is null) return;
        for (byte** text = array; *text is not null; text++) Marshal.FreeCoTaskMem((nint)(*text));
        NativeMemory.Free(array);
    }

    private static void Check(int error, string call)
    {
        if (error != 0) throw new SyscallException($"posix_spawn_{call}", (Errno)error);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(int* pid, string path, ulong* actions, ulong* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(ulong* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(ulong* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(ulong* actions, int fd, int target);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(ulong* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(ulong* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(ulong* attributes, ulong* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(ulong* attributes, ulong* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(ulong* attributes, short flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, nint argument);
}
