using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.References;
using Sampan.Images.Registry;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan pull</c>.</summary>
internal static class PullCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("pull", "fetch images from a registry")
    {
        Positionals = "NAME[:TAG|@DIGEST]...",
        MinPositionals = 1,
        Flags =
        [
            RegistryFlags.CertificateDirectory,
            Flag.Text("platform", "OS/ARCH[/VARIANT]", "choose the image for this platform"),
            Flag.Switch("quiet", "print only the image's name", 'q'),
            RegistryFlags.TlsVerify,
        ],
        Examples = ["sampan pull busybox", "sampan pull --platform linux/arm64 registry.example.com/team/app:1.2"],
        Handler = parsed => Run(parsed, output, error),
    };

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        List<Reference> references = [.. parsed.Positionals.Select(Reference.Parse)];
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        paths.Prepare();
        foreach (Reference reference in references)
        {
            PullResult pulled;
            using (TransferBars bars = new(error))
            {
                RegistryOptions options = RegistryFlags.Read(parsed, parsed.Switch("quiet") ? null : bars) with { Platform = parsed.Text("platform") };
                pulled = new ImagePull(ImageStore.Open(paths.Images), options).Pull(reference);
            }
            if (!parsed.Switch("quiet"))
            {
                output.Write($"Digest: {pulled.Digest}\n");
                output.Write($"Status: {(pulled.IsNew ? "Downloaded newer image" : "Image is up to date")} for {reference.Familiar}\n");
            }
            output.Write($"{reference}\n");
        }
        return ExitCode.Success;
    }
}
