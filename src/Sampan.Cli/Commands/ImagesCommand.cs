using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan images</c>.</summary>
internal static class ImagesCommand
{
    public static Command Declare(TextWriter output) => new("images", "list images")
    {
        MaxPositionals = 0,
        Flags = ListFlags.All,
        Handler = parsed => Run(parsed, output),
    };

    private static int Run(ParsedArguments parsed, TextWriter output)
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        bool full = parsed.Switch("no-trunc");
        Table table = new("IMAGE ID", "NAMES", "CREATED", "SIZE");
        foreach (Image image in ImageStore.Open(paths.Images).List())
        {
            string id = full ? image.Id : image.Id["sha256:".Length..][..12];
            string names = image.Names.Count == 0 ? "<none>" : string.Join(", ", image.Names);
            if (parsed.Switch("quiet")) output.Write(id + "\n");
            else if (ListFlags.IsJson(parsed)) JsonLine.Write(output, ("ID", id), ("Names", names), ("Size", HumanSize.Of(image.SizeBytes)));
            else table.Add(id, PlainText.Of(names), HumanTime.Ago(image.Created, DateTimeOffset.UtcNow), HumanSize.Of(image.SizeBytes));
        }
        if (!ListFlags.IsJson(parsed) && !parsed.Switch("quiet")) table.Write(output);
        return ExitCode.Success;
    }
}
