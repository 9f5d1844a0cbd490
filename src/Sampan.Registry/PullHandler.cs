using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Containers;
using Sampan.Engine.State;
using Sampan.Images.References;
using Sampan.Images.Registry;

namespace Sampan.Registry;

/// <summary>What <c>sampan pull</c> does.</summary>
internal static class PullHandler
{
    public static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        List<Reference> references = [.. parsed.Positionals.Select(Reference.Parse)];
        EnginePaths paths = EnginePaths.FromEnvironment();
        paths.Prepare();
        bool isQuiet = parsed.Switch("quiet");
        foreach (Reference reference in references)
        {
            PullResult pulled;
            using (TransferBars bars = new(error))
            {
                RegistryOptions options = RegistryFlags.Read(parsed, isQuiet ? null : bars) with { Platform = parsed.Text("platform") };
                pulled = new ImagePull(ImageStorage.Choose(paths, null).Open(paths), options).Pull(reference);
            }
            if (!isQuiet)
            {
                output.Write($"Digest: {pulled.Digest}\n");
                output.Write($"Status: {(pulled.IsNew ? "Downloaded newer image" : "Image is up to date")} for {reference.Familiar}\n");
            }
            output.Write($"{reference}\n");
        }
        return ExitCode.Success;
    }
}
