using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;

namespace Sampan.Oci.Commands;

internal static class DeleteCommand
{
    public static Command Declare() => new("delete", "remove what a stopped container holds")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags = [Flag.Switch("force", "also end a running container; an unknown one is no error", 'f')],
        Handler = static arguments =>
        {
            Ending.Delete(GlobalFlags.Store(arguments), arguments.Positionals[0], arguments.Switch("force"));
            return 0;
        },
    };
}
