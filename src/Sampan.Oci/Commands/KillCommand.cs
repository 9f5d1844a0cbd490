using Sampan.CommandLine;
using Sampan.Linux.Events;
using Sampan.Runtime.Lifecycle;

namespace Sampan.Oci.Commands;

internal static class KillCommand
{
    public static Command Declare() => new("kill", "send a signal to a container (default TERM)")
    {
        Positionals = "ID [SIGNAL]",
        MinPositionals = 1,
        MaxPositionals = 2,
        Flags = [Flag.Switch("all", "send it to all processes of the container", 'a')],
        Handler = static arguments =>
        {
            string name = arguments.Positionals.Count > 1 ? arguments.Positionals[1] : "TERM";
            if (!SignalNumber.TryParse(name, out int signal)) throw new UsageException($"unknown signal {name}");
            Ending.Kill(GlobalFlags.Store(arguments), arguments.Positionals[0], signal, arguments.Switch("all"));
            return 0;
        },
    };
}
