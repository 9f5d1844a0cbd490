using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Exec;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan exec</c>.</summary>
internal static class ExecCommand
{
    public static Command Declare(TextWriter error) => Declare("exec", "run a command in a running container", parsed => Run(parsed, error));

    /// <summary>The hidden verb by which this program starts itself as the parent of a detached command.</summary>
    public static Command DeclareDetached() => Declare(DetachedExec.Verb, "look after one detached command", parsed => DetachedExec.Live(started =>
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        return ContainerExec.Run(paths, new ContainerStore(paths).Find(parsed.Positionals[0]), Options(parsed), started);
    }));

    private static Command Declare(string verb, string summary, Func<ParsedArguments, int> handler) => new(verb, summary)
    {
        Positionals = "CONTAINER COMMAND [ARG...]",
        MinPositionals = 2,
        StopsAtPositional = true,
        Flags =
        [
            Flag.Switch("detach", "run in the background, output goes nowhere", 'd'),
            Flag.List("env", "NAME[=VALUE]", "set a variable; without a value take the caller's", 'e'),
            Flag.List("env-file", "FILE", "read variables from a file"),
            Flag.Switch("interactive", "keep stdin open", 'i'),
            Flag.Switch("privileged", "give all capabilities"),
            Flag.Switch("tty", "give the command a terminal", 't'),
            Flag.Text("user", "USER[:GROUP]", "run as this user", 'u'),
            Flag.Text("workdir", "DIR", "working directory inside", 'w'),
        ],
        Examples = ["sampan exec -it web /bin/sh", "sampan exec -d web touch /tmp/done"],
        Handler = handler,
    };

    private static int Run(ParsedArguments parsed, TextWriter error)
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        ContainerRecord record = new ContainerStore(paths).Find(parsed.Positionals[0]);
        if (OrdinaryUser.IsCaller && new ContainerStore(paths).Describe(record).Running is { MonitorPid: > 0 } running)
            return OrdinaryUser.Join(paths, running.MonitorPid);
        if (!parsed.Switch("detach")) return ContainerExec.Run(paths, record, Options(parsed));

        if (DetachedExec.Start(paths, Environment.GetCommandLineArgs().Skip(2)) is not { } failed) return ExitCode.Success;
        ErrorLine.Write(error, failed.Message ?? "");
        return failed.ExitCode;
    }

    private static ExecOptions Options(ParsedArguments parsed) => new()
    {
        Command = [.. parsed.Positionals.Skip(1)],
        Environment = EnvironmentFlags.Collect(parsed.List("env-file"), parsed.List("env"), Environment.GetEnvironmentVariable),
        Interactive = parsed.Switch("interactive") && !parsed.Switch("detach"),
        Terminal = parsed.Switch("tty"),
        Privileged = parsed.Switch("privileged"),
        User = parsed.Text("user"),
        WorkingDirectory = parsed.Text("workdir"),
    };
}
