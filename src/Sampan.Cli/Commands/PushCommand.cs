using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.References;
using Sampan.Images.Registry;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan push</c>.</summary>
internal static class PushCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("push", "send an image to a registry")
    {
        Positionals = "NAME[:TAG]",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            RegistryFlags.CertificateDirectory,
            Flag.Switch("quiet", "print only the image's name", 'q'),
            RegistryFlags.TlsVerify,
        ],
        Examples = ["sampan tag app registry.example.com/team/app:1.2", "sampan push registry.example.com/team/app:1.2"],
        Handler = parsed => Run(parsed, output, error),
    };

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        Reference reference = Reference.Parse(parsed.Positionals[0]);
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        (string Digest, long SizeBytes) pushed;
        using (TransferBars bars = new(error))
            pushed = new ImagePush(ImageStore.Open(paths.Images), RegistryFlags.Read(parsed, parsed.Switch("quiet") ? null : bars)).Push(reference);
        output.Write(parsed.Switch("quiet") ? $"{reference}\n" : $"{reference.Tag}: digest: {pushed.Digest} size: {pushed.SizeBytes}\n");
        return ExitCode.Success;
    }
}
