using Sampan.CommandLine;
using Sampan.Engine.Monitor;

namespace Sampan.Cli.Commands;

/// <summary>The hidden verb by which this program starts itself as the monitor of a container.</summary>
internal static class MonitorCommand
{
    public static Command Declare() => new(MonitorLauncher.Verb, "look after one container")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Handler = static parsed => ContainerMonitor.Run(parsed.Positionals[0]),
    };
}
