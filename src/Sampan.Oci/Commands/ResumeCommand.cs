using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;

namespace Sampan.Oci.Commands;

internal static class ResumeCommand
{
    public static Command Declare() => new("resume", "let a paused container go on")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Handler = static arguments =>
        {
            Pausing.Resume(GlobalFlags.Store(arguments), arguments.Positionals[0]);
            return 0;
        },
    };
}
