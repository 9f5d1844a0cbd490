using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;

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
            Starting.Start(GlobalFlags.Store(arguments), arguments.Positionals[0], CreateCommand.NotifySocketOfCaller());
            return 0;
        },
    };
}
