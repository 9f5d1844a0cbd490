using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Cleanup;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary>The hidden verb by which an ordinary user's command cleans up where it has the right to: as root of its user namespace.</summary>
internal static class SweepCommand
{
    public const string Verb = "sweep";

    public static Command Declare(TextWriter error) => new(Verb, "finish the clean-up after killed processes")
    {
        MaxPositionals = 0,
        Handler = _ =>
        {
            foreach (string failure in Sweep.Run(EnginePaths.FromEnvironment())) ErrorLine.Write(error, failure);
            return ExitCode.Success;
        },
    };
}
