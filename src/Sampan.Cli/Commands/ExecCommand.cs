using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan exec</c>.</summary>
internal static class ExecCommand
{
    /// <param name="handler">Positionals are the container, the command and its arguments.</param>
    public static Command Declare(Func<ParsedArguments, int> handler) => new("exec", "run a command in a running container")
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
        Handler = handler,
    };
}
