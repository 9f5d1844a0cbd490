using Sampan.CommandLine;
using Sampan.Linux.Processes;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

internal static class StartCommand
{
    public static Command Declare() => new("start", "execute the command of a created container")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Handler = static arguments =>
        {
            StateStore store = GlobalFlags.Store(arguments);
            string id = arguments.Positionals[0];
            // a hook that the container has is executed in it, as by exec
            if (store.ReadSpec(store.Read(id)).Hooks.StartContainer.Count > 0) OwnProgram.BeginReadOnly();
            Starting.Start(store, id, CreateCommand.NotifySocketOfCaller());
            return 0;
        },
    };
}
