using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan stop</c>.</summary>
internal static class StopCommand
{
    public static Command Declare(Func<ParsedArguments, int> handler) => new("stop", "ask containers to end, and kill them when they do not")
    {
        Positionals = "CONTAINER...",
        MinPositionals = 1,
        Flags =
        [
            Flag.Text("signal", "SIGNAL", "signal to ask with; the image's or TERM when not given", 's'),
            Flag.Integer("time", "SECONDS", "wait this long before the kill; -1 waits for ever", 't') with { Alias = "timeout", Default = "10" },
        ],
        Handler = handler,
    };
}
