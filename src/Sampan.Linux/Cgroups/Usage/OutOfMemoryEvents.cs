using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Cgroups.Usage;

/// <summary>
/// Tells when a cgroup runs out of memory: v1 by an eventfd (memory.txt in the kernel's documentation), v2 by a change of
/// <c>memory.events</c>, which inotify(7) sees.
/// </summary>
public sealed unsafe partial class OutOfMemoryEvents : IDisposable
{
    [C("EFD_CLOEXEC | EFD_NONBLOCK")] private const int CloseOnExecNonBlocking = 0x80800;
    [C("IN_MODIFY")] private const uint Modified = 2;
    private const int BufferBytes = 4096;

    private readonly string _directory;
    private readonly bool _isV2;
    private readonly Fd? _control;
    private long _seen;

    private OutOfMemoryEvents(string directory, bool isV2, Fd descriptor, Fd? control)
    {
        (_directory, _isV2, Descriptor, _control) = (directory, isV2, descriptor, control);
        _seen = isV2 ? Kills(directory, isV2) : 0;
    }

    /// <summary>Readable when something happened: wait for it with epoll, then ask <see cref="Take"/>.</summary>
    public Fd Descriptor { get; }

    /// <summary>Takes what <see cref="Descriptor"/> tells.</summary>
    /// <returns>How often it ran out of memory since the last call; 0 when the change was another one, or the cgroup has gone.</returns>
    public long Take()
    {
        byte* buffer = stackalloc byte[BufferBytes];
        nint got = read(Descriptor.Number, buffer, BufferBytes);
        if (!Directory.Exists(_directory)) return 0;
        if (!_isV2) return got == sizeof(long) ? *(long*)buffer : 0;
        long now = Kills(_directory, _isV2);
        long more = now - _seen;
        _seen = now;
        return more;
    }

    public void Dispose()
    {
        Descriptor.Dispose();
        _control?.Dispose();
    }

    internal static OutOfMemoryEvents Open(string directory, bool isV2)
    {
        if (isV2)
        {
            Fd watch = Checked(inotify_init1(CloseOnExecNonBlocking), "inotify_init1()");
            string file = $"{directory}/memory.events";
            if (inotify_add_watch(watch.Number, file, Modified) >= 0) return new OutOfMemoryEvents(directory, true, watch, null);
            watch.Dispose();
            throw SyscallException.Last($"inotify_add_watch({file})");
        }

        Fd events = Checked(eventfd(0, CloseOnExecNonBlocking), "eventfd()");
        Fd control = Paths.Open($"{directory}/memory.oom_control", OpenFlags.ReadOnly);
        CgroupFiles.Write($"{directory}/cgroup.event_control", $"{events.Number} {control.Number}");
        return new OutOfMemoryEvents(directory, false, events, control);
    }

    /// <summary>How many processes were killed for it: both versions have a line <c>oom_kill N</c>.</summary>
    internal static long Kills(string directory, bool isV2) =>
        (long)KeyedNumbers.Parse(CgroupFiles.ReadIfExists($"{directory}/{(isV2 ? "memory.events" : "memory.oom_control")}"))["oom_kill"];

    private static Fd Checked(int fd, string call) => fd >= 0 ? new Fd(fd) : throw SyscallException.Last(call);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(int fd, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint count);
}
