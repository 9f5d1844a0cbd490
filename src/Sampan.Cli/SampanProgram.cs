using Sampan.Cli.Commands;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.State;

namespace Sampan.Cli;

/// <summary>The verbs of <c>sampan</c>, and the one place where errors become a line and an exit code.</summary>
internal static class SampanProgram
{
    private const string Containers = "containers";
    private const string System = "system";

    public static int Run(string[] arguments, TextWriter output, TextWriter error, int width)
    {
        try
        {
            int code = Declare(output).Run(arguments, output, width);
            output.Flush(); // here, so that a full disk is reported like any other error
            return code;
        }
        // SyscallException is an IOException
        catch (Exception e) when (e is UsageException or EngineException or IOException or UnauthorizedAccessException)
        {
            ErrorLine.Write(error, e.Message);
            return arguments is ["run" or "exec", ..] ? ExitCode.EngineFailure : ExitCode.Failure;
        }
    }

    /// <summary>The declaration; no command is built yet.</summary>
    public static CommandSet Declare(TextWriter output) => new("sampan", "runs containers from image archives, without a daemon",
        [
            new CommandEntry("ps", Containers, "list containers", () => ListCommand.Declare(output)),
            new CommandEntry("inspect", Containers, "describe containers as JSON", () => InspectCommand.Declare(output)),
            new CommandEntry("info", System, "describe the engine and this machine", () => InfoCommand.Declare(output)),
            new CommandEntry("version", System, "print the version", () => VersionCommand.Declare(output)),
            new CommandEntry("completion", System, "print a completion script for a shell",
                () => CompletionCommand.Declare(() => Declare(output), output)),
        ])
    {
        Version = VersionCommand.Line,
    };
}
