using Sampan.Cli.Output;
using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan version</c>.</summary>
internal static class VersionCommand
{
    public const string Line = "sampan 0.1.0";

    public static Command Declare(TextWriter output) => new("version", "print the version")
    {
        MaxPositionals = 0,
        Handler = _ =>
        {
            output.Write(Line + "\n");
            return ExitCode.Success;
        },
    };
}
