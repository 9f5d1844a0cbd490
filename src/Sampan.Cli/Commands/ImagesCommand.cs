using System.Globalization;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.References;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan images</c>: those that were pulled or loaded, and those that were run in place.</summary>
internal static class ImagesCommand
{
    public static Command Declare(TextWriter output) => new("images", "list images")
    {
        Positionals = "[NAME[:TAG]]",
        MaxPositionals = 1,
        Flags =
        [
            .. ListFlags.All,
            Flag.Switch("digests", "show by which digest registries know them"),
            Flag.List("filter", "KEY=VALUE", "reference=PATTERN, or dangling=true|false", 'f'),
        ],
        Examples = ["sampan images -q app", "sampan images --filter reference='registry.example.com/*:1.*' --format json"],
        Handler = parsed => Run(parsed, output),
    };

    private static int Run(ParsedArguments parsed, TextWriter output)
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        List<Predicate<ImageRow>> filters = [.. parsed.List("filter").Select(Filter)];
        if (parsed.Positionals.Count > 0) filters.Add(IsNamed(parsed.Positionals[0]));
        bool full = parsed.Switch("no-trunc"), digests = parsed.Switch("digests");
        Table table = new(digests ? ["REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "CREATED", "SIZE"] : ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]);
        HashSet<string> printed = [];
        foreach (ImageRow row in ImageRow.All(ImageStore.Open(paths.Images)))
        {
            if (!filters.TrueForAll(filter => filter(row))) continue;
            string id = full ? row.Id : row.Id["sha256:".Length..][..12];
            string since = HumanTime.Ago(row.Created, DateTimeOffset.UtcNow), size = HumanSize.Of(row.SizeBytes);
            if (parsed.Switch("quiet"))
            {
                if (printed.Add(id)) output.Write(id + "\n");
            }
            else if (ListFlags.IsJson(parsed))
            {
                JsonLine.Write(output, ("Repository", row.Repository), ("Tag", row.Tag), ("Digest", row.Digest), ("ID", id), ("CreatedSince", since),
                    ("CreatedAt", row.Created.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)), ("Size", size));
            }
            else if (digests) table.Add(row.Repository, row.Tag, row.Digest, id, since, size);
            else table.Add(row.Repository, row.Tag, id, since, size);
        }
        if (!ListFlags.IsJson(parsed) && !parsed.Switch("quiet")) table.Write(output);
        return ExitCode.Success;
    }

    private static Predicate<ImageRow> Filter(string text) => text.Split('=', 2) switch
    {
        ["reference", { Length: > 0 } pattern] => row => row.Name is { } name && Matches(pattern, name),
        ["dangling", "true" or "1"] => row => row.Tag == "<none>",
        ["dangling", "false" or "0"] => row => row.Tag != "<none>",
        _ => throw new UsageException($"flag --filter: invalid value '{text}'; wanted: reference=PATTERN or dangling=true|false"),
    };

    // without a tag all tags are meant
    private static Predicate<ImageRow> IsNamed(string text)
    {
        Reference wanted = Reference.Parse(text);
        bool hasTag = wanted.Digest is not null || text.EndsWith($":{wanted.Tag}", StringComparison.Ordinal);
        return row => row.Name is { } name && name.Repository == wanted.Repository && (!hasTag || name.Tag == wanted.Tag);
    }

    private static bool Matches(string pattern, Reference name) =>
        ((string[])[name.Familiar, name.FamiliarRepository, name.ToString(), name.Repository]).Any(text => Glob.Matches(pattern, text));
}
