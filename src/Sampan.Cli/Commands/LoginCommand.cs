using Sampan.Cli.Arguments;
using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan login</c>; <c>sampan-registry</c> does it.</summary>
internal static class LoginCommand
{
    public const string Summary = "log in to a registry";

    public static Command Declare(Func<ParsedArguments, int> handler) => new("login", Summary)
    {
        Positionals = "[REGISTRY]",
        MaxPositionals = 1,
        Flags =
        [
            RegistryFlags.CertificateDirectory,
            Flag.Text("password", "PASSWORD", "the password, which everybody on this machine can read there: better --password-stdin", 'p'),
            Flag.Switch("password-stdin", "read the password from standard input"),
            RegistryFlags.TlsVerify,
            Flag.Text("username", "NAME", "user name", 'u'),
        ],
        Examples = ["sampan login -u me --password-stdin registry.example.com < token"],
        Handler = handler,
    };
}
