using Sampan.CommandLine;
using Sampan.Engine.Images;
using Sampan.Images.Credentials;
using Sampan.Images.Registry;

namespace Sampan.Cli.Arguments;

/// <summary>The flags of every command that speaks to a registry.</summary>
internal static class RegistryFlags
{
    private static readonly string[] Policies = ["missing", "always", "never"];

    public static Flag TlsVerify { get; } = Flag.Switch("tls-verify", "false: take any certificate, and plain HTTP where TLS is not spoken");

    public static Flag CertificateDirectory { get; } = Flag.Text("cert-dir", "DIR", "*.crt, *.cert and *.key of the registry (default /etc/docker/certs.d/HOST)");

    public static Flag Pull { get; } = Flag.Text("pull", "POLICY", "ask the registry for the image: missing, always or never") with
    {
        Default = "missing",
        Choices = Policies,
    };

    public static RegistryOptions Read(ParsedArguments parsed, ITransferProgress? progress) => new()
    {
        TlsVerify = parsed.Has("tls-verify") ? parsed.Switch("tls-verify") : null,
        CertificateDirectory = parsed.Text("cert-dir"),
        Logins = DockerConfig.FromEnvironment(),
        Progress = progress,
    };

    public static PullPolicy Policy(ParsedArguments parsed) => parsed.Text("pull") switch
    {
        "missing" or null => PullPolicy.Missing,
        "always" => PullPolicy.Always,
        "never" => PullPolicy.Never,
        { } other => throw new UsageException($"flag --pull: invalid value '{other}'; wanted: one of missing, always, never"),
    };
}
