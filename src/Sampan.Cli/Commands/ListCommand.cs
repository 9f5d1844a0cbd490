using System.Globalization;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan ps</c>.</summary>
internal static class ListCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("ps", "list containers")
    {
        MaxPositionals = 0,
        Flags = [Flag.Switch("all", "also those that do not run", 'a'), .. ListFlags.All],
        Examples = ["sampan ps -a --format json", "sampan ps -q"],
        Handler = parsed =>
        {
            IReadOnlyList<ContainerSummary> containers = new ContainerStore(SweptEngine.Open(error)).List();
            ChangedArchives.Tell(containers, error);
            Write(containers, parsed, output, DateTimeOffset.UtcNow);
            return ExitCode.Success;
        },
    };

    internal static void Write(IReadOnlyList<ContainerSummary> containers, ParsedArguments parsed, TextWriter output, DateTimeOffset now)
    {
        bool full = parsed.Switch("no-trunc");
        bool json = ListFlags.IsJson(parsed);
        var table = new Table("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES");
        foreach (ContainerSummary container in containers)
        {
            if (container.Status != ContainerStatus.Running && !parsed.Switch("all")) continue;
            ContainerRecord record = container.Record;
            string id = ContainerText.Id(record, full);
            string command = ContainerText.Command(record, full);
            string status = ContainerText.Status(container, now);
            string ports = ContainerText.Ports(container);
            if (parsed.Switch("quiet")) output.Write(id + "\n");
            else if (json)
            {
                JsonLine.Write(output, ("ID", id), ("Image", record.Options.Image), ("Command", command),
                    ("CreatedAt", record.Created.ToString("O", CultureInfo.InvariantCulture)),
                    ("State", ContainerText.State(container.Status)), ("Status", status), ("Ports", ports), ("Names", record.Name));
            }
            else table.Add(id, record.Options.Image, command, HumanTime.Ago(record.Created, now), status, ports, record.Name);
        }

        if (!json && !parsed.Switch("quiet")) table.Write(output);
    }
}
