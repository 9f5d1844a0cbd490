using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Events;

/// <summary>Signals that arrive as reads from a descriptor instead of as interruptions, signalfd(2).</summary>
/// <remarks>
/// A signal for the process goes to any thread that does not block it, so it must be blocked in all of them. A native
/// program has two: its main thread and the one that runs finalizers, which this class reaches by a finalizer.
/// A process that is started from here inherits the blocked signals: its starter must unblock them.
/// </remarks>
public sealed unsafe partial class SignalFd : IDisposable
{
    [C("SIG_BLOCK")] private const int Block = 0;
    [C("SFD_CLOEXEC | SFD_NONBLOCK")] private const int Flags = 0x80800;

    /// <summary>Takes these signals; they stay blocked for the rest of the process's life.</summary>
    public SignalFd(params ReadOnlySpan<int> signals)
    {
        ulong mask = 0;
        foreach (int signal in signals) mask |= 1UL << (signal - 1);
        BlockHere(mask);
        AbandonBlocker(mask);
        GC.Collect(0); // the blocker is as young as anything
        GC.WaitForPendingFinalizers();

        int fd = (int)signalfd4(SyscallNumber.signalfd4, -1, &mask, sizeof(ulong), Flags);
        Descriptor = fd >= 0 ? new Fd(fd) : throw SyscallException.Last("signalfd4()");
    }

    /// <summary>Readable when a signal is there.</summary>
    public Fd Descriptor { get; }

    /// <summary>The next signal's number and, for one sent by kill(2), its sender; false when there is none.</summary>
    public bool TryRead(out int signal, out int senderPid)
    {
        SignalInfo info = default;
        bool read = Streams.Read(Descriptor, MemoryMarshal.AsBytes(new Span<SignalInfo>(ref info))) == sizeof(SignalInfo);
        signal = read ? info.Signal : 0;
        senderPid = read ? info.Sender : 0;
        return read;
    }

    public void Dispose() => Descriptor.Dispose();

    private static void BlockHere(ulong mask)
    {
        if (rt_sigprocmask(SyscallNumber.rt_sigprocmask, Block, &mask, null, sizeof(ulong)) < 0)
            throw SyscallException.Last("rt_sigprocmask(SIG_BLOCK)");
    }

    // not inlined, so that no reference is left in the caller's frame
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AbandonBlocker(ulong mask) => _ = new Blocker(mask);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint signalfd4(nint number, nint fd, ulong* mask, nint maskSize, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint rt_sigprocmask(nint number, nint how, ulong* set, ulong* old, nint setSize);

    /// <summary>What is read for each signal.</summary>
    [C("struct signalfd_siginfo")]
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct SignalInfo
    {
        [FieldOffset(0), C("ssi_signo")] public int Signal;

        [FieldOffset(12), C("ssi_pid")] public int Sender;
    }

    /// <summary>Blocks signals on the thread that finalizes it.</summary>
    private sealed class Blocker(ulong mask)
    {
        ~Blocker() => BlockHere(mask);
    }
}
