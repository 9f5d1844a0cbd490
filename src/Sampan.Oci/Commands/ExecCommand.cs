using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;

namespace Sampan.Oci.Commands;

internal static class ExecCommand
{
    private const int Failed = 255;

    public static Command Declare() => new("exec", "execute another process in a running container")
    {
        Positionals = "ID [COMMAND [ARG...]]",
        MinPositionals = 1,
        StopsAtPositional = true,
        Flags =
        [
            Flag.Text("process", "FILE", "the process as JSON, in place of a command", 'p'),
            Flag.Text("cwd", "DIR", "working directory"),
            Flag.List("env", "NAME=VALUE", "set a variable", 'e'),
            Flag.Switch("tty", "give it a terminal", 't'),
            Flag.Text("user", "UID[:GID]", "run as", 'u'),
            Flag.Switch("detach", "return when the process runs", 'd'),
            Flag.Text("pid-file", "FILE", "write the process id here"),
            Flag.Text("console-socket", "SOCKET", "send the terminal's master to this unix socket"),
            Flag.Integer("preserve-fds", "N", "pass N more descriptors, from 3 on") with { Default = "0" },
        ],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        string? file = arguments.Text("process");
        if (file is null && arguments.Positionals.Count < 2) throw new UsageException("exec: a command or --process is needed");
        ProcessSpec? given = file is null ? null : SpecReader.ReadProcess(File.ReadAllBytes(file));
        try
        {
            bool terminal = given?.Terminal ?? arguments.Switch("tty");
            ConsoleSocket? socket = ConsoleSocket.For(terminal, arguments.Text("console-socket"));
            using ContainerProcess process = Execution.Execute(
                GlobalFlags.Store(arguments), arguments.Positionals[0], given, spec => Compose(spec, arguments), CreateCommand.Options(arguments));
            socket?.Send(process.Console!);
            return arguments.Switch("detach") ? 0 : SignalRelay.Wait(process.PidFd);
        }
        catch (StartException error)
        {
            ErrorLog.From(Environment.GetCommandLineArgs()[1..]).Report(error.Message);
            return Failed; // as runc: the process's own code otherwise
        }
    }

    // what the flags do not say is as in the container's own process
    private static ProcessSpec Compose(ContainerSpec spec, ParsedArguments arguments)
    {
        ProcessSpec own = spec.Process!;
        return own with
        {
            Arguments = [.. arguments.Positionals.Skip(1)],
            WorkingDirectory = arguments.Text("cwd") ?? own.WorkingDirectory,
            Environment = [.. own.Environment, .. arguments.List("env")],
            Terminal = arguments.Switch("tty"),
            User = arguments.Text("user") is string user ? User(user) : own.User,
        };
    }

    private static UserSpec User(string text)
    {
        string[] parts = text.Split(':', 2);
        return uint.TryParse(parts[0], out uint uid) && uint.TryParse(parts.Length > 1 ? parts[1] : "0", out uint gid)
            ? new UserSpec(uid, gid)
            : throw new UsageException($"--user {text}: not UID or UID:GID");
    }
}
