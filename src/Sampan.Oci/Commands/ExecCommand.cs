using Sampan.CommandLine;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Events;
using Sampan.Linux.Processes;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;

namespace Sampan.Oci.Commands;

internal static class ExecCommand
{
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
            Flag.List("additional-gids", "GID", "a further group", 'g'),
            Flag.List("cap", "CAP", "give it one more capability", 'c'),
            Flag.Switch("no-new-privs", "no more privileges by executing files"),
            Flag.Text("apparmor", "PROFILE", "confine it by another AppArmor profile"),
            Flag.Text("process-label", "LABEL", "another SELinux label"),
            Flag.Switch("detach", "return when the process runs", 'd'),
            .. CreateCommand.ProcessFlags,
            Flag.Text("cgroup", "PATH", "put it into an existing cgroup below the container's"),
            Flag.Switch("ignore-paused", "also in a paused container"),
            Flag.Switch("no-subreaper", "accepted for callers that send it") with { Hidden = true },
        ],
        Handler = static arguments =>
        {
            try
            {
                return Run(arguments);
            }
            catch (Exception error) when (Failures.AreExpected(error))
            {
                throw new FailedExecException(error);
            }
        },
    };

    private static int Run(ParsedArguments arguments)
    {
        string? file = arguments.Text("process");
        if (file is null && arguments.Positionals.Count < 2) throw new UsageException("exec: a command or --process is needed");
        ProcessSpec? given = file is null ? null : SpecReader.ReadProcess(File.ReadAllBytes(file));
        bool terminal = arguments.Switch("tty") || given?.Terminal == true;
        bool detach = arguments.Switch("detach");
        string? socketPath = arguments.Text("console-socket");
        ConsoleSocket? socket = detach || socketPath is not null ? ConsoleSocket.For(terminal, socketPath) : null;
        if (given is not null) given = given with { Terminal = terminal };
        SignalFd? signals = null;
        CreationOptions options = CreateCommand.ProcessOptions(arguments) with
        {
            SubCgroup = arguments.Text("cgroup"),
            IgnorePaused = arguments.Switch("ignore-paused"),
            Meanwhile = detach ? null : () => signals = Foreground.TakeSignals(),
        };
        if (!detach) Subreaper.Become();
        using ContainerProcess process = Execution.Execute(GlobalFlags.Store(arguments), arguments.Positionals[0], given,
            spec => Compose(spec, arguments), options, socket is null ? null : socket.Send);
        return detach ? 0 : new Foreground(process, signals!, socket is null ? process.Console : null, null).Wait();
    }

    // what the flags do not say is as in the container's own process
    private static ProcessSpec Compose(ContainerSpec spec, ParsedArguments arguments)
    {
        ProcessSpec own = spec.Process!;
        UserSpec user = arguments.Text("user") is string text ? User(text) with { Umask = own.User.Umask } : own.User;
        IReadOnlyList<string> groups = arguments.List("additional-gids");
        return own with
        {
            Arguments = [.. arguments.Positionals.Skip(1)],
            WorkingDirectory = arguments.Text("cwd") ?? own.WorkingDirectory,
            Environment = [.. own.Environment, .. arguments.List("env")],
            Terminal = arguments.Switch("tty"),
            User = groups.Count == 0 ? user : user with { AdditionalGids = [.. groups.Select(group => Id("--additional-gids", group))] },
            Capabilities = Add(own.Capabilities, arguments.List("cap")),
            NoNewPrivileges = own.NoNewPrivileges || arguments.Switch("no-new-privs"),
            AppArmorProfile = arguments.Text("apparmor") ?? own.AppArmorProfile,
            SelinuxLabel = arguments.Text("process-label") ?? own.SelinuxLabel,
        };
    }

    private static CapabilitySets? Add(CapabilitySets? sets, IReadOnlyList<string> names)
    {
        CapabilitySet more = CapabilitySet.Empty;
        foreach (string name in names) more = more.With(CapabilitySet.Parse(name));
        return sets is null || more.IsEmpty ? sets
            : sets with { Bounding = sets.Bounding.With(more), Effective = sets.Effective.With(more), Permitted = sets.Permitted.With(more) };
    }

    private static UserSpec User(string text)
    {
        string[] parts = text.Split(':', 2);
        return new UserSpec(Id("--user", parts[0]), parts.Length > 1 ? Id("--user", parts[1]) : 0);
    }

    private static uint Id(string flag, string text) =>
        uint.TryParse(text, out uint id) ? id : throw new UsageException($"{flag} {text}: not a number");
}
