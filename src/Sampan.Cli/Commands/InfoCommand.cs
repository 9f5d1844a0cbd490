using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Monitor;
using Sampan.Engine.State;
using Sampan.Networks;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan info</c>.</summary>
internal static class InfoCommand
{
    public static Command Declare(TextWriter output) => new("info", "describe the engine and this machine")
    {
        MaxPositionals = 0,
        Handler = _ =>
        {
            EnginePaths paths = EnginePaths.FromEnvironment();
            IReadOnlyList<ContainerSummary> containers = new ContainerStore(paths).List();
            int running = 0;
            foreach (ContainerSummary container in containers)
                if (container.Status == ContainerStatus.Running)
                    running++;
            output.Write($"version: {VersionCommand.Line}\nkernel: {Environment.OSVersion.Version}\ndata: {paths.Data}\nrun: {paths.Run}\n");
            output.Write($"containers: {containers.Count}\nrunning: {running}\n");
            if (Environment.IsPrivilegedProcess)
                foreach (string line in BridgeNetwork.ForeignObstacles(ContainerMonitor.BridgeName)) output.Write($"warning: {line}\n");
            return ExitCode.Success;
        },
    };
}
