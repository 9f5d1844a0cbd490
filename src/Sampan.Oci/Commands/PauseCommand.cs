using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;

namespace Sampan.Oci.Commands;

internal static class PauseCommand
{
    public static Command Declare() => new("pause", "stop every process of a container for a while")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Handler = static arguments =>
        {
            Pausing.Pause(GlobalFlags.Store(arguments), arguments.Positionals[0]);
            return 0;
        },
    };
}
