using System.Globalization;
using Sampan.CommandLine;
using Sampan.Linux.Cgroups;
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
        using Fd process = PidFd.Open(state.Pid);
        while (!Streams.Wait(process, EpollEvents.Readable, intervalMs)) WriteStats(state, cgroup);
        return 0;
    }

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
