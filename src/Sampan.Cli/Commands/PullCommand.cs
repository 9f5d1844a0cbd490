using Sampan.Cli.Arguments;
using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan pull</c>; <c>sampan-registry</c> does it.</summary>
internal static class PullCommand
{
    public const string Summary = "fetch images from a registry";

    public static Command Declare(Func<ParsedArguments, int> handler) => new("pull", Summary)
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
        Handler = handler,
    };
}
