using Sampan.Cli.Commands;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Exec;
using Sampan.Engine.Monitor;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Networks;
using Sampan.Runtime.Start;

namespace Sampan.Cli;

/// <summary>The verbs of <c>sampan</c>, and the one place where errors become a line and an exit code.</summary>
internal static class SampanProgram
{
    private const string Containers = "containers";
    private const string Images = "images";
    private const string System = "system";

    public static int Run(string[] arguments, TextWriter output, TextWriter error, int width) =>
        Run(Declare(output, error), arguments, output, error, width);

    /// <summary>The same for other verbs.</summary>
    public static int Run(CommandSet verbs, string[] arguments, TextWriter output, TextWriter error, int width)
    {
        try
        {
            int code = verbs.Run(arguments, output, width);
            output.Flush(); // here, so that a full disk is reported like any other error
            return code;
        }
        catch (ToldException)
        {
            return ExitCode.EngineFailure;
        }
        catch (StartException e)
        {
            ErrorLine.Write(error, e.Message);
            return e.ExitCode;
        }
        // SyscallException is an IOException
        catch (Exception e) when (e is UsageException or EngineException or ImageException or NetworkException or IOException or UnauthorizedAccessException)
        {
            ErrorLine.Write(error, e.Message);
            return arguments is ["run" or "exec", ..] ? ExitCode.EngineFailure : ExitCode.Failure;
        }
    }

    /// <summary>The declaration; no command is built yet.</summary>
    public static CommandSet Declare(TextWriter output, TextWriter error) => new("sampan", "runs containers from image archives, without a daemon",
        [
            new CommandEntry("run", Containers, "run a command in a new container", () => RunCommand.Declare(output, error)),
            new CommandEntry("exec", Containers, "run a command in a running container", () => ExecCommand.Declare(error)),
            new CommandEntry("ps", Containers, "list containers", () => ListCommand.Declare(output, error)),
            new CommandEntry("logs", Containers, "print what a container wrote", LogsCommand.Declare),
            new CommandEntry("stop", Containers, "ask containers to end, and kill them when they do not", () => StopCommand.Declare(output, error)),
            new CommandEntry("kill", Containers, "send a signal to containers", () => KillCommand.Declare(output, error)),
            new CommandEntry("rm", Containers, "remove containers", () => RemoveCommand.Declare(output, error)),
            new CommandEntry("inspect", Containers, "describe containers or images as JSON", () => InspectCommand.Declare(output, error)),
            new CommandEntry("images", Images, "list images", () => ImagesCommand.Declare(output)),
            new CommandEntry("pull", Images, PullCommand.Summary, () => PullCommand.Declare(_ => RegistryProgram.Become())),
            new CommandEntry("push", Images, PushCommand.Summary, () => PushCommand.Declare(_ => RegistryProgram.Become())),
            new CommandEntry("login", Images, LoginCommand.Summary, () => LoginCommand.Declare(_ => RegistryProgram.BecomeAsCaller())),
            new CommandEntry("logout", Images, "forget the login to a registry", () => LogoutCommand.Declare(output)),
            new CommandEntry("load", Images, "keep the images of an archive", () => LoadCommand.Declare(output)),
            new CommandEntry("save", Images, "write images into an archive", () => SaveCommand.Declare(output)),
            new CommandEntry("tag", Images, "give an image one name more", TagCommand.Declare),
            new CommandEntry("rmi", Images, "remove images", () => RemoveImageCommand.Declare(output, error)),
            new CommandEntry("history", Images, "show how an image was made", () => HistoryCommand.Declare(output)),
            new CommandEntry("info", System, "describe the engine and this machine", () => InfoCommand.Declare(output)),
            new CommandEntry("version", System, "print the version", () => VersionCommand.Declare(output)),
            new CommandEntry("completion", System, "print a completion script for a shell",
                () => CompletionCommand.Declare(() => Declare(output, error), output)),
            new CommandEntry(MonitorLauncher.Verb, System, "look after one container", MonitorCommand.Declare) { Hidden = true },
            new CommandEntry(SweepCommand.Verb, System, "finish the clean-up after killed processes", () => SweepCommand.Declare(error)) { Hidden = true },
            new CommandEntry(DetachedExec.Verb, System, "look after one detached command", ExecCommand.DeclareDetached) { Hidden = true },
        ])
    {
        Version = VersionCommand.Line,
    };
}
