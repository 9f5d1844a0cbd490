using Sampan.CloneStress;
using Sampan.Linux;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;

// Clones while other threads allocate and collections run. A child in which anything of the managed world is touched waits
// for threads that it does not have: it hangs, the time limit ends it, and this program fails.
const int Children = 3000;
const int ThreadCount = 6;
const int LimitMs = 20_000; // one child takes about a millisecond

Allocator allocator = new(ThreadCount);
int collectionsBefore = GC.CollectionCount(0);
int started = 0;
string? failure = null;
using Epoll epoll = new();

for (; started < Children && failure is null; started++)
{
    using ChildProgram program = new();
    program.Step("exec(/bin/true)");
    program.Call(SyscallNumber.close_range, 3, uint.MaxValue, 4);
    program.Call(SyscallNumber.execve, program.Text("/bin/true"), program.Texts(["true"]), program.Texts([]));

    using ChildChannel channel = new();
    Cloned child = Cloning.Clone(program, CloneFlags.None, channel.Child);
    using Fd process = child.PidFd;
    channel.Child.Dispose();

    failure = EndOf(process) is int code ? code == 0 ? null : $"child {started}: exit code {code}" : $"child {started}: hangs";
}

int collections = GC.CollectionCount(0) - collectionsBefore;
allocator.End();
if (failure is not null)
{
    Console.Error.WriteLine($"{failure}, {collections} collections");
    return 1;
}
Console.WriteLine($"{started} started, {collections} collections");
return 0;

// null: it did not end in time, and was killed
int? EndOf(Fd process)
{
    epoll.Add(process, EpollEvents.Readable, 0);
    Span<EpollEvent> events = stackalloc EpollEvent[1];
    bool ended = epoll.Wait(events, LimitMs) > 0;
    if (!ended) PidFd.TrySignal(process, SignalNumber.Kill);
    int code = PidFd.Reap(process);
    return ended ? code : null;
}
