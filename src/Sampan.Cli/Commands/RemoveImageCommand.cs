using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Images;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan rmi</c>.</summary>
internal static class RemoveImageCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("rmi", "remove images")
    {
        Positionals = "IMAGE...",
        MinPositionals = 1,
        Flags = [Flag.Switch("force", "also with several names, or used by a container that does not run", 'f')],
        Handler = parsed => Run(parsed, output, error),
    };

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(EnginePaths.FromEnvironment()); // files of layers belong to other ids of the user
        EnginePaths paths = SweptEngine.Open(error);
        ImageStore store = ImageStore.Open(paths.Images);
        foreach (string image in parsed.Positionals)
            foreach (string line in store.Named.Remove(image, parsed.Switch("force"), ImageUse.Of(paths))) output.Write(line + "\n");
        return ExitCode.Success;
    }
}
