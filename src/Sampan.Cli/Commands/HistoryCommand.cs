using System.Globalization;
using System.Text.Json;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.Content;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan history</c>.</summary>
internal static class HistoryCommand
{
    private const int ShortTextLength = 45;

    public static Command Declare(TextWriter output) => new("history", "show how an image was made")
    {
        Positionals = "IMAGE",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags = ListFlags.All,
        Handler = parsed => Run(parsed, output),
    };

    private static int Run(ParsedArguments parsed, TextWriter output)
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        NamedImages images = ImageStore.Open(paths.Images).Named;
        StoredImage image = images.Find(parsed.Positionals[0]) ?? throw new ImageException($"history {parsed.Positionals[0]}: no such image");
        bool full = parsed.Switch("no-trunc"), json = ListFlags.IsJson(parsed);
        Table table = new("IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT");
        string id = full ? image.Id : image.Id["sha256:".Length..][..12];
        foreach ((DateTimeOffset created, string by, string comment, long size) in Steps(image))
        {
            string shown = full || by.Length <= ShortTextLength ? by : by[..(ShortTextLength - 1)] + "…";
            if (parsed.Switch("quiet")) output.Write(id + "\n");
            else if (json)
            {
                JsonLine.Write(output, ("ID", id), ("CreatedAt", created.ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture)),
                    ("CreatedSince", HumanTime.Ago(created, DateTimeOffset.UtcNow)), ("CreatedBy", shown), ("Size", HumanSize.Of(size)), ("Comment", comment));
            }
            else table.Add(id, HumanTime.Ago(created, DateTimeOffset.UtcNow), shown, HumanSize.Of(size), comment);
            id = "<missing>";
        }
        if (!parsed.Switch("quiet") && !json) table.Write(output);
        return ExitCode.Success;
    }

    /// <summary>The newest first; each step that made a layer with that layer's size as it is kept.</summary>
    private static List<(DateTimeOffset, string, string, long)> Steps(StoredImage image)
    {
        List<(DateTimeOffset, string, string, long)> steps = [];
        Queue<long> sizes = new(image.LayerBytes);
        using JsonDocument config = JsonDocument.Parse(image.ConfigJson);
        if (config.RootElement.TryGetProperty("history", out JsonElement history) && history.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement step in history.EnumerateArray())
            {
                bool isEmpty = step.TryGetProperty("empty_layer", out JsonElement empty) && empty.ValueKind == JsonValueKind.True;
                _ = DateTimeOffset.TryParse(Text(step, "created"), CultureInfo.InvariantCulture, out DateTimeOffset created);
                long bytes = isEmpty || !sizes.TryDequeue(out long size) ? 0 : size;
                steps.Add((created == default ? image.Config.Created : created, Text(step, "created_by"), Text(step, "comment"), bytes));
            }
        }
        while (sizes.TryDequeue(out long size)) steps.Add((image.Config.Created, "", "", size));
        steps.Reverse();
        return steps;
    }

    private static string Text(JsonElement step, string name) =>
        step.ValueKind == JsonValueKind.Object && step.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
