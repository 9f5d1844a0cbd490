using System.Text;
using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Images.Credentials;
using Sampan.Images.References;
using Sampan.Images.Registry;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan login</c> and <c>sampan logout</c>, with the <c>config.json</c> of docker.</summary>
internal static class LoginCommand
{
    private const int MaxSecretBytes = 64 * 1024;

    public static Command Declare(TextWriter output, TextWriter error) => new("login", "log in to a registry")
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
        Handler = parsed => Run(parsed, output, error),
    };

    public static Command DeclareLogout(TextWriter output) => new("logout", "forget the login to a registry")
    {
        Positionals = "[REGISTRY]",
        MaxPositionals = 1,
        Handler = parsed =>
        {
            string host = Host(parsed);
            bool wasKnown = Config().Erase(host);
            output.Write(wasKnown ? $"Removing login credentials for {host}\n" : $"Not logged in to {host}\n");
            return ExitCode.Success;
        },
    };

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        string host = Host(parsed);
        DockerConfig config = Config();
        if (parsed.Has("password") && parsed.Switch("password-stdin")) throw new UsageException("login: --password and --password-stdin exclude each other");
        if (parsed.Switch("password-stdin") && parsed.Text("username") is null) throw new UsageException("login: --password-stdin needs --username");
        string user = parsed.Text("username") ?? SecretPrompt.Ask("Username: ", isSecret: false, error);
        string password = parsed.Switch("password-stdin") ? ReadInput() : parsed.Text("password") ?? SecretPrompt.Ask("Password: ", isSecret: true, error);
        if (user.Length == 0 || password.Length == 0) throw new UsageException("login: user name and password must not be empty");
        if (user.Contains(':')) throw new UsageException("login: a user name can not hold a colon");
        if (parsed.Has("password")) ErrorLine.Write(error, "warning: a password in the arguments can be read by everybody on this machine; hint: --password-stdin");
        Login login = new(user, password);
        RegistryLogin.Check(host, login, RegistryFlags.Read(parsed, null));
        if (config.Store(host, login)) ErrorLine.Write(error, $"warning: the password stands unencrypted in {config.FilePath}; hint: a credential helper keeps it better");
        output.Write("Login Succeeded\n");
        return ExitCode.Success;
    }

    private static string Host(ParsedArguments parsed)
    {
        string text = parsed.Positionals.Count > 0 ? parsed.Positionals[0] : Reference.DefaultDomain;
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string host = (scheme >= 0 ? text[(scheme + 3)..] : text).Split('/')[0];
        // a registry is whatever can stand before a repository
        return Reference.TryParse($"{host}/a/b") is { } reference && reference.Domain.Length > 0 && (reference.Domain == host || host is "index.docker.io" or "docker.io")
            ? reference.Domain : throw new UsageException($"login: not a registry's name: {text}");
    }

    private static DockerConfig Config() =>
        DockerConfig.FromEnvironment() ?? throw new UsageException("login: neither DOCKER_CONFIG nor HOME is set: nowhere to keep it");

    private static string ReadInput()
    {
        using Stream input = Console.OpenStandardInput();
        byte[] bytes = new byte[MaxSecretBytes];
        int count = input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, count).TrimEnd('\n').TrimEnd('\r');
    }
}
