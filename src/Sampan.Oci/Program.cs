using Sampan.CommandLine;
using Sampan.Linux.Errors;
using Sampan.Linux.Processes;
using Sampan.Oci;
using Sampan.Oci.Commands;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

CommandSet program = new("sampan-oci", "OCI runtime with runc's command line", [
    new("create", "Lifecycle", "create a container from a bundle; it waits for start", CreateCommand.Declare),
    new("start", "Lifecycle", "execute the command of a created container", StartCommand.Declare),
    new("run", "Lifecycle", "create a container and start it", RunCommand.Declare),
    new("exec", "Lifecycle", "execute another process in a running container", ExecCommand.Declare),
    new("kill", "Lifecycle", "send a signal to a container (default TERM)", KillCommand.Declare),
    new("delete", "Lifecycle", "remove what a stopped container holds", DeleteCommand.Declare),
    new("state", "Information", "print the state of a container as JSON", StateCommand.Declare),
    new("list", "Information", "list containers", ListCommand.Declare),
    new("spec", "Information", "write a config.json to start from", SpecCommand.Declare),
    new("features", "Information", "print what this runtime supports as JSON", FeaturesCommand.Declare),
    new("plan", "Information", "print every step that a start would take, taking none", PlanCommand.Declare),
])
{
    Flags = GlobalFlags.All,
    Version = $"sampan-oci version {GlobalFlags.Version}\nspec: 1.3.0",
};

ErrorLog log = ErrorLog.From(args);
try
{
    // of these come processes that a container's files can take the place of (CVE-2019-5736)
    if (args.Any(static word => word is "create" or "run" or "exec" or "start")) OwnProgram.BeginReadOnly();
    return program.Run(args, Console.Out);
}
catch (StartException error)
{
    log.Report(error.Message);
    return error.ExitCode is 125 ? 1 : error.ExitCode;
}
catch (Exception error) when (error is UsageException or SpecException or HookException or LifecycleException or SyscallException or IOException or UnauthorizedAccessException)
{
    log.Report(error.Message);
    return 1;
}
