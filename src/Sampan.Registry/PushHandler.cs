using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.References;
using Sampan.Images.Registry;

namespace Sampan.Registry;

/// <summary>What <c>sampan push</c> does.</summary>
internal static class PushHandler
{
    public static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        Reference reference = Reference.Parse(parsed.Positionals[0]);
        bool isQuiet = parsed.Switch("quiet");
        (string Digest, long SizeBytes) pushed;
        using (TransferBars bars = new(error))
            pushed = new ImagePush(ImageStore.Open(EnginePaths.FromEnvironment().Images), RegistryFlags.Read(parsed, isQuiet ? null : bars)).Push(reference);
        output.Write(isQuiet ? $"{reference}\n" : $"{reference.Tag}: digest: {pushed.Digest} size: {pushed.SizeBytes}\n");
        return ExitCode.Success;
    }
}
