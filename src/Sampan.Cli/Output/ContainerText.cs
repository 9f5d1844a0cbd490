using Sampan.Engine.State;

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

    /// <summary>The state in docker's words.</summary>
    public static string State(ContainerStatus status) => status switch
    {
        ContainerStatus.Running => "running",
        ContainerStatus.Exited => "exited",
        ContainerStatus.Lost => "dead",
        _ => "created",
    };
}
