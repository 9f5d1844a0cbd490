using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Images.Credentials;
using Sampan.Images.References;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan logout</c>, with the <c>config.json</c> of docker.</summary>
internal static class LogoutCommand
{
    public static Command Declare(TextWriter output) => new("logout", "forget the login to a registry")
    {
        Positionals = "[REGISTRY]",
        MaxPositionals = 1,
        Handler = parsed =>
        {
            string host = Host(parsed);
            output.Write(Config().Erase(host) ? $"Removing login credentials for {host}\n" : $"Not logged in to {host}\n");
            return ExitCode.Success;
        },
    };

    /// <summary>The registry that is named, docker.io where none is.</summary>
    public static string Host(ParsedArguments parsed)
    {
        string text = parsed.Positionals.Count > 0 ? parsed.Positionals[0] : Reference.DefaultDomain;
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string host = (scheme >= 0 ? text[(scheme + 3)..] : text).Split('/')[0];
        // a registry is whatever can stand before a repository
        return Reference.TryParse($"{host}/a/b") is { } reference && (reference.Domain == host || host is "index.docker.io" or "docker.io")
            ? reference.Domain : throw new UsageException($"login: not a registry's name: {text}");
    }

    /// <summary>Where logins are kept.</summary>
    public static DockerConfig Config() =>
        DockerConfig.FromEnvironment() ?? throw new UsageException("login: neither DOCKER_CONFIG nor HOME is set: nowhere to keep it");
}
