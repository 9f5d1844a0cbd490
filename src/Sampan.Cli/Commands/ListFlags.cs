using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary>The flags that every listing command has.</summary>
internal static class ListFlags
{
    private static readonly string[] Formats = ["table", "json"];

    public static IReadOnlyList<Flag> All =>
    [
        Flag.Text("format", "FORMAT", "table, or json: one object a line") with { Default = "table", Choices = Formats },
        Flag.Switch("no-trunc", "print ids and commands in full"),
        Flag.Switch("quiet", "print only ids", 'q'),
    ];

    /// <summary>JSON was asked for.</summary>
    public static bool IsJson(ParsedArguments parsed) => parsed.Text("format") switch
    {
        "json" => true,
        "table" => false,
        { } other => throw new UsageException($"flag --format: invalid value '{other}'; wanted: one of table, json"),
        null => false,
    };
}
