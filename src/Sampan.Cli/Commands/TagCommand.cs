using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.Content;
using Sampan.Images.References;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan tag</c>.</summary>
internal static class TagCommand
{
    public static Command Declare() => new("tag", "give an image one name more")
    {
        Positionals = "IMAGE NAME[:TAG]",
        MinPositionals = 2,
        MaxPositionals = 2,
        Examples = ["sampan tag busybox registry.example.com/team/busybox:1.36"],
        Handler = Run,
    };

    private static int Run(ParsedArguments parsed)
    {
        Reference name = Reference.Parse(parsed.Positionals[1]);
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        NamedImages images = ImageStore.Open(paths.Images).Named;
        using IDisposable use = images.Use();
        StoredImage image = images.Find(parsed.Positionals[0])
                ?? throw new ImageException($"tag {parsed.Positionals[0]}: no such image; hint: sampan images lists them, sampan load keeps one from an archive");
        images.Tag(image, name);
        return ExitCode.Success;
    }
}
