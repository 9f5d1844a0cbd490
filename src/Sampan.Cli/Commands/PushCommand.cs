using Sampan.Cli.Arguments;
using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan push</c>; <c>sampan-registry</c> does it.</summary>
internal static class PushCommand
{
    public const string Summary = "send an image to a registry";

    public static Command Declare(Func<ParsedArguments, int> handler) => new("push", Summary)
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
        Handler = handler,
    };
}
