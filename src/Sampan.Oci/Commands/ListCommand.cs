using Sampan.CommandLine;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

internal static class ListCommand
{
    public static Command Declare() => new("list", "list containers")
    {
        MaxPositionals = 0,
        Flags =
        [
            Flag.Text("format", "FORMAT", "table or json", 'f') with { Default = "table", Choices = ["table", "json"] },
            Flag.Switch("quiet", "only ids", 'q'),
        ],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        StateStore store = GlobalFlags.Store(arguments);
        string? format = arguments.Text("format");
        if (format is not ("table" or "json")) throw new UsageException($"--format {format}: not table or json");
        IReadOnlyList<ContainerState> states = store.List();
        if (arguments.Switch("quiet"))
        {
            foreach (ContainerState state in states) Console.Out.WriteLine(state.Id);
        }
        else if (format == "json")
        {
            Console.Out.WriteLine(JsonOutput.Compact(json =>
            {
                json.WriteStartArray();
                foreach (ContainerState state in states) StateJson.Write(json, state, store.StatusOf(state));
                json.WriteEndArray();
            }));
        }
        else
        {
            Columns.Write(Console.Out, [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"], .. states.Select(Row)]);
        }
        return 0;

        string[] Row(ContainerState state)
        {
            ContainerStatus status = store.StatusOf(state);
            string pid = status == ContainerStatus.Stopped ? "0" : $"{state.Pid}";
            return [state.Id, pid, StateJson.Text(status), state.Bundle, StateJson.Time(state.Created), Owners.Name(state.Owner)];
        }
    }
}
