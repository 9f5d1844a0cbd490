using System.Globalization;
using Sampan.CommandLine;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Cgroups.Usage;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

internal static class EventsCommand
{
    public static Command Declare() => new("events", "print what a container uses, and when memory ran out")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            Flag.Switch("stats", "print what it uses once, and end"),
            Flag.Text("interval", "DURATION", "how often, for example 5s, 500ms or 1m") with { Default = "5s" },
        ],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        StateStore store = GlobalFlags.Store(arguments);
        int intervalMs = Milliseconds(arguments.Text("interval")!);
        ContainerState state = store.Read(arguments.Positionals[0]);
        if (store.StatusOf(state) == ContainerStatus.Stopped) throw new LifecycleException($"container with id {state.Id} is not running");
        Cgroup cgroup = state.CgroupPath is not null ? Cgroup.Open(state.CgroupPath)
            : throw new LifecycleException($"container {state.Id} has no cgroup: what it uses is not known");
        if (arguments.Switch("stats"))
        {
            WriteStats(state, cgroup);
            return 0;
        }
        Watch(state, cgroup, intervalMs);
        return 0;
    }

    /// <summary>Until the container's end: what it uses, again and again, and at once when its memory ran out.</summary>
    private static void Watch(ContainerState state, Cgroup cgroup, int intervalMs)
    {
        const long processToken = 0, memoryToken = 1;
        using Fd process = PidFd.Open(state.Pid);
        using OutOfMemoryEvents? memory = cgroup.WatchOutOfMemory();
        using Epoll poll = new();
        poll.Add(process, EpollEvents.Readable, processToken);
        if (memory is not null) poll.Add(memory.Descriptor, EpollEvents.Readable, memoryToken);
        Span<EpollEvent> ready = stackalloc EpollEvent[2];
        long next = Environment.TickCount64 + intervalMs;
        while (true)
        {
            int count = poll.Wait(ready, (int)Math.Max(0, next - Environment.TickCount64));
            bool ended = false;
            foreach (EpollEvent one in ready[..count])
            {
                ended |= one.Token == processToken;
                if (one.Token != memoryToken) continue;
                for (long times = memory!.Take(); times > 0; times--) WriteOutOfMemory(state);
            }

            if (ended) return;
            if (Environment.TickCount64 < next) continue;
            WriteStats(state, cgroup);
            next = Environment.TickCount64 + intervalMs;
        }
    }

    private static void WriteOutOfMemory(ContainerState state) => Console.Out.WriteLine(JsonOutput.Compact(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "oom");
        json.WriteString("id", state.Id);
        json.WriteEndObject();
    }));

    private static void WriteStats(ContainerState state, Cgroup cgroup) => Console.Out.WriteLine(JsonOutput.Compact(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "stats");
        json.WriteString("id", state.Id);
        json.WriteStartObject("data");
        StatsJson.Write(json, cgroup.Stats());
        json.WriteEndObject();
        json.WriteEndObject();
    }));

    // as Go writes durations
    private static int Milliseconds(string text)
    {
        string unit = text.TrimStart("0123456789.".ToCharArray());
        double factor = unit switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, _ => 0 };
        return double.TryParse(text.AsSpan(0, text.Length - unit.Length), CultureInfo.InvariantCulture, out double number) && number * factor is >= 1 and <= int.MaxValue
            ? (int)(number * factor)
            : throw new UsageException($"--interval {text}: not a duration such as 5s");
    }
}
