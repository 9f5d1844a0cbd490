using Sampan.Cli.Output;
using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan completion</c>.</summary>
internal static class CompletionCommand
{
    public static Command Declare(Func<CommandSet> program, TextWriter output) => new("completion", "print a completion script for a shell")
    {
        Positionals = "bash|zsh|fish",
        MinPositionals = 1,
        MaxPositionals = 1,
        Examples = ["source <(sampan completion bash)"],
        Handler = parsed =>
        {
            output.Write(Completion.Script(program(), parsed.Positionals[0]));
            return ExitCode.Success;
        },
    };
}
