using Sampan.CommandLine;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

internal static class StateCommand
{
    public static Command Declare() => new("state", "print the state of a container as JSON")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Handler = static arguments =>
        {
            StateStore store = GlobalFlags.Store(arguments);
            ContainerState state = store.Read(arguments.Positionals[0]);
            Console.Out.WriteLine(JsonOutput.Indented(json => StateJson.Write(json, state, store.StatusOf(state))));
            return 0;
        },
    };
}
