using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Containers;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images.Content;
using Sampan.Images.References;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan load</c>.</summary>
internal static class LoadCommand
{
    public static Command Declare(TextWriter output) => new("load", "keep the images of an archive")
    {
        MaxPositionals = 0,
        Flags =
        [
            Flag.Text("input", "FILE", "an archive of docker or OCI, also compressed, or an OCI layout folder; standard input when not given", 'i'),
            Flag.Text("platform", "OS/ARCH[/VARIANT]", "choose the image for this platform"),
            Flag.Switch("quiet", "as without: progress is not printed", 'q'),
        ],
        Examples = ["sampan load -i image.tar", "docker save app | sampan load"],
        Handler = parsed => Run(parsed, output),
    };

    private static int Run(ParsedArguments parsed, TextWriter output)
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        string? file = parsed.Text("input");
        if (file is null && Terminal.IsTerminal(Fd.StandardInput))
            throw new UsageException("load: standard input is a terminal; hint: name the archive, sampan load -i FILE");
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        paths.Prepare();
        ImageLoad load = new(ImageStorage.Choose(paths, null).Open(paths), parsed.Text("platform"));
        using Stream? input = file is null or "-" ? Console.OpenStandardInput() : null;
        foreach ((StoredImage image, IReadOnlyList<string> names) in input is null ? load.Load(file!) : load.Load(input, "standard input"))
        {
            if (names.Count == 0) output.Write($"Loaded image ID: {image.Id}\n");
            foreach (string name in names) output.Write($"Loaded image: {Reference.Parse(name).Familiar}\n");
        }
        return ExitCode.Success;
    }
}
