using System.Text;
using Sampan.CommandLine;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Oci;
using Sampan.Oci.Commands;
using Sampan.Runtime;

// a container that waits for its start must hold no copy of the caller's streams: with a terminal it has streams of its own, and
// containerd's shim reads the runtime's until their end
Console.SetOut(new StreamWriter(new DescriptorStream(Fd.StandardOutput), new UTF8Encoding(false)) { AutoFlush = true });
Console.SetError(new StreamWriter(new DescriptorStream(Fd.StandardError), new UTF8Encoding(false)) { AutoFlush = true });

CommandSet program = new("sampan-oci", "OCI runtime with runc's command line", [
    new("create", "Lifecycle", "create a container from a bundle; it waits for start", CreateCommand.Declare),
    new("start", "Lifecycle", "execute the command of a created container", StartCommand.Declare),
    new("run", "Lifecycle", "create a container and start it", RunCommand.Declare),
    new("exec", "Lifecycle", "execute another process in a running container", ExecCommand.Declare),
    new("kill", "Lifecycle", "send a signal to a container (default TERM)", KillCommand.Declare),
    new("delete", "Lifecycle", "remove what a stopped container holds", DeleteCommand.Declare),
    new("pause", "Lifecycle", "stop every process of a container for a while", PauseCommand.Declare),
    new("resume", "Lifecycle", "let a paused container go on", ResumeCommand.Declare),
    new("update", "Lifecycle", "change the limits of a container", UpdateCommand.Declare),
    new("checkpoint", "Lifecycle", "save a running container with criu", CheckpointCommand.Declare),
    new("restore", "Lifecycle", "go on with a saved container", RestoreCommand.Declare),
    new("state", "Information", "print the state of a container as JSON", StateCommand.Declare),
    new("list", "Information", "list containers", ListCommand.Declare),
    new("ps", "Information", "list the processes of a container", PsCommand.Declare),
    new("events", "Information", "print what a container uses, and when memory ran out", EventsCommand.Declare),
    new("spec", "Information", "write a config.json to start from", SpecCommand.Declare),
    new("features", "Information", "print what this runtime supports as JSON", FeaturesCommand.Declare),
    new("plan", "Information", "print every step that a start would take, taking none", PlanCommand.Declare),
])
{
    Flags = GlobalFlags.All,
    Version = $"sampan-oci version {GlobalFlags.Version}\nspec: 1.3.0",
};

ErrorLog log = ErrorLog.From(args);
Warnings.Sink = log.Warn;
log.Debug($"sampan-oci {string.Join(' ', args)}");
try
{
    // their processes are seen by others in the container before they execute its command; `run` and `start` look closer
    if (args.Any(static word => word is "create" or "exec")) OwnProgram.BeginReadOnly();
    // go-runc writes this one flag as Go's own parser also takes it
    string[] words = args.Contains("restore") ? [.. args.Select(static word => word == "-no-subreaper" ? "--no-subreaper" : word)] : args;
    return program.Run(words, Console.Out);
}
catch (FailedExecException error)
{
    log.Report(error.Message);
    return FailedExecException.ExitCode;
}
catch (Exception error) when (Failures.AreExpected(error))
{
    log.Report(error.Message);
    return 1;
}
