using System.Text;
using Sampan.Cli.Arguments;
using Sampan.Cli.Commands;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Images.Credentials;
using Sampan.Images.Registry;

namespace Sampan.Registry;

/// <summary>What <c>sampan login</c> does.</summary>
internal static class LoginHandler
{
    private const int MaxSecretBytes = 64 * 1024;

    public static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        string host = LogoutCommand.Host(parsed);
        DockerConfig config = LogoutCommand.Config();
        if (parsed.Has("password") && parsed.Switch("password-stdin"))
            throw new UsageException("login: --password and --password-stdin exclude each other");
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

    private static string ReadInput()
    {
        using Stream input = Console.OpenStandardInput();
        byte[] bytes = new byte[MaxSecretBytes];
        int count = input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, count).TrimEnd('\n').TrimEnd('\r');
    }
}
