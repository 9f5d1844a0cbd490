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
        IReadOnlyList<ContainerState> states = store.List();
        if (arguments.Switch("quiet"))
        {
            foreach (ContainerState state in states) Console.Out.WriteLine(state.Id);
        }
        else if (arguments.Text("format") == "json")
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
            int width = Math.Max(2, states.Select(state => state.Id.Length).DefaultIfEmpty().Max());
            Console.Out.WriteLine($"{"ID".PadRight(width)}  {"PID",-8}{"STATUS",-9}{"CREATED",-22}BUNDLE");
            foreach (ContainerState state in states)
            {
                ContainerStatus status = store.StatusOf(state);
                int pid = status == ContainerStatus.Stopped ? 0 : state.Pid;
                Console.Out.WriteLine($"{state.Id.PadRight(width)}  {pid,-8}{StateJson.Text(status),-9}{state.Created:yyyy-MM-dd'T'HH:mm:ss'Z'}  {state.Bundle}");
            }
        }
        return 0;
    }
}
