using Sampan.Cli.Arguments;
using Sampan.CommandLine;
using Sampan.Engine.Exec;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan exec</c>.</summary>
internal static class ExecCommand
{
    public static Command Declare() => new("exec", "run a command in a running container")
    {
        Positionals = "CONTAINER COMMAND [ARG...]",
        MinPositionals = 2,
        StopsAtPositional = true,
        Flags =
        [
            Flag.Switch("detach", "run in the background", 'd'),
            Flag.List("env", "NAME[=VALUE]", "set a variable; without a value take the caller's", 'e'),
            Flag.List("env-file", "FILE", "read variables from a file"),
            Flag.Switch("interactive", "keep stdin open", 'i'),
            Flag.Switch("privileged", "give all capabilities"),
            Flag.Switch("tty", "give the command a terminal", 't'),
            Flag.Text("user", "USER[:GROUP]", "run as this user", 'u'),
            Flag.Text("workdir", "DIR", "working directory inside", 'w'),
        ],
        Examples = ["sampan exec -it web /bin/sh"],
        Handler = parsed => Run(parsed),
    };

    private static int Run(ParsedArguments parsed)
    {
        if (parsed.Switch("detach")) throw new UsageException("exec --detach is not supported yet; hint: let a shell in the container start it with &");
        EnginePaths paths = EnginePaths.FromEnvironment();
        ContainerRecord record = new ContainerStore(paths).Find(parsed.Positionals[0]);
        if (OrdinaryUser.IsCaller && new ContainerStore(paths).Describe(record).Running is { MonitorPid: > 0 } running)
            return OrdinaryUser.Join(paths, running.MonitorPid);
        return ContainerExec.Run(paths, record, new ExecOptions
        {
            Command = [.. parsed.Positionals.Skip(1)],
            Environment = EnvironmentFlags.Collect(parsed.List("env-file"), parsed.List("env"), Environment.GetEnvironmentVariable),
            Interactive = parsed.Switch("interactive"),
            Terminal = parsed.Switch("tty"),
            Privileged = parsed.Switch("privileged"),
            User = parsed.Text("user"),
            WorkingDirectory = parsed.Text("workdir"),
        });
    }
}
