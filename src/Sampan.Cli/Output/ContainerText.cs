using Sampan.Engine.State;
using Sampan.Networks;

namespace Sampan.Cli.Output;

/// <summary>How listings show a container's members.</summary>
internal static class ContainerText
{
    private const int ShortIdLength = 12;
    private const int ShortCommandLength = 20;

    public static string Id(ContainerRecord record, bool full) => full ? record.Id : record.Id[..ShortIdLength];

    public static string Command(ContainerRecord record, bool full)
    {
        string command = string.Join(' ', record.Arguments);
        return '"' + (full || command.Length <= ShortCommandLength ? command : command[..(ShortCommandLength - 1)] + "…") + '"';
    }

    /// <summary><c>Up 3 minutes</c>, <c>Exited (0) 2 hours ago</c>.</summary>
    public static string Status(ContainerSummary container, DateTimeOffset now) => container.Status switch
    {
        ContainerStatus.Running when container.Running is { } running => "Up " + HumanTime.Of(now - running.Started),
        ContainerStatus.Running => "Starting",
        ContainerStatus.Exited when container.Exit is { } exit => $"Exited ({exit.Code}) {HumanTime.Ago(exit.Finished, now)}",
        ContainerStatus.Lost => "Lost",
        _ => "Created",
    };

    /// <summary>Published ports of a container that runs, with the host ports that were chosen for it.</summary>
    public static string Ports(ContainerSummary container)
    {
        if (container.Running is not { } running) return "";
        return string.Join(", ", PublishedPorts(container.Record, running).Select(port => port.Describe()));
    }

    /// <summary>An ordinary user's network is not ours: there the ports are as they were asked for.</summary>
    public static IEnumerable<PublishedPort> PublishedPorts(ContainerRecord record, RunState running) =>
        running.Network?.Ports ?? record.Options.Publish.SelectMany(PublishedPort.Parse);

    /// <summary>The state in docker's words.</summary>
    public static string State(ContainerStatus status) => status switch
    {
        ContainerStatus.Running => "running",
        ContainerStatus.Exited => "exited",
        ContainerStatus.Lost => "dead",
        _ => "created",
    };
}
