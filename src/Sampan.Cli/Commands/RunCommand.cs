using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Cleanup;
using Sampan.Engine.Containers;
using Sampan.Engine.Images;
using Sampan.Engine.Monitor;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Linux.Files;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan run</c>.</summary>
internal static class RunCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("run", "run a command in a new container")
    {
        Positionals = "IMAGE [COMMAND [ARG...]]",
        MinPositionals = 1,
        StopsAtPositional = true,
        Flags = RunFlags.All,
        Examples =
        [
            "sampan run --rm -it busybox.tar /bin/sh",
            "sampan run -d --name web -p 8080:80 -v ./site:/usr/share/nginx/html:ro nginx.tar",
            "sampan run --rm --pull always registry.example.com/team/job:1.2",
            "sampan run --rm --network none -m 512m --cpus 1.5 job.tar",
        ],
        Handler = parsed => Run(parsed, RunArguments.Read(parsed, Environment.GetEnvironmentVariable), output, error),
    };

    private static int Run(ParsedArguments parsed, ContainerOptions options, TextWriter output, TextWriter error)
    {
        if (options.Terminal && !options.Detach && !Linux.Terminals.Terminal.IsTerminal(Fd.StandardInput) && options.Interactive)
            throw new UsageException("the input device is not a terminal; hint: leave out -t");
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(EnginePaths.FromEnvironment());
        EnginePaths paths = SweptEngine.Open(error);
        (ContainerRecord record, RunDirectory claim) = Create(parsed, paths, options, error);

        (Fd client, Fd monitor) = MonitorLauncher.Connection();
        if (options.Detach)
        {
            using Fd socket = client;
            MonitorLauncher.Start(paths, record.Id, claim, monitor);
            if (MonitorConnection.AwaitStart(socket) is { } failed) return Fail(paths, record, failed, error);
            output.Write(record.Id + "\n");
            return ExitCode.Success;
        }

        using AttachClient attached = new(client, new AttachOptions { Interactive = options.Interactive, Terminal = options.Terminal });
        attached.Announce(); // before the monitor is there, so that it shows the first output to us
        MonitorLauncher.Start(paths, record.Id, claim, monitor);
        AttachResult result = attached.Run();
        return result.Message is null ? result.ExitCode : Fail(paths, record, result, error);
    }

    private static (ContainerRecord Record, RunDirectory Claim) Create(ParsedArguments parsed, EnginePaths paths, ContainerOptions options, TextWriter error)
    {
        ImageFinder finder = new(RegistryFlags.Policy(parsed), (reference, platform) => RegistryProgram.Pull(parsed, paths, reference, platform),
            notice => ErrorLine.Write(error, notice));
        return ContainerCreation.Create(paths, options, finder);
    }

    private static int Fail(EnginePaths paths, ContainerRecord record, AttachResult result, TextWriter error)
    {
        ErrorLine.Write(error, $"container {record.Name}: {result.Message}");
        Sweep.Run(paths); // a monitor that was killed has not cleaned up
        return result.ExitCode;
    }
}
