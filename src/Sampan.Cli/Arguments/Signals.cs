using Sampan.CommandLine;
using Sampan.Linux.Events;

namespace Sampan.Cli.Arguments;

/// <summary>Signals as people write them.</summary>
internal static class Signals
{
    public static int Parse(string text) =>
        SignalNumber.TryParse(text, out int signal) ? signal : throw new UsageException($"{text}: no such signal");
}
