using Sampan.Cli.Arguments;
using Sampan.CommandLine;
using Sampan.Engine.Containers;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan run</c>.</summary>
internal static class RunCommand
{
    /// <param name="start">Runs the container and returns its exit code, or 0 when detached.</param>
    public static Command Declare(Func<ContainerOptions, int> start) => new("run", "run a command in a new container")
    {
        Positionals = "IMAGE [COMMAND [ARG...]]",
        MinPositionals = 1,
        StopsAtPositional = true,
        Flags = RunFlags.All,
        Examples =
        [
            "sampan run --rm -it busybox.tar /bin/sh",
            "sampan run -d --name web -p 8080:80 -v ./site:/usr/share/nginx/html:ro nginx.tar",
            "sampan run --rm --network none -m 512m --cpus 1.5 job.tar",
        ],
        Handler = parsed => start(RunArguments.Read(parsed, Environment.GetEnvironmentVariable)),
    };
}
