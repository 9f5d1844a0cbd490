using System.Text;
using System.Text.Json;
using Sampan.Images.Archive;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Images.Credentials;

/// <summary>A <c>docker-credential-NAME</c> program: the verb as argument, the server or a JSON object on stdin, the answer on stdout.</summary>
internal sealed class CredentialHelper
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private const string TokenUser = "<token>";
    private readonly string _name;
    private readonly string _path;

    public CredentialHelper(string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAny('/', '\0'))
            throw new ImageException($"credential helper '{ImageException.Printable(name)}': not the name of a program");
        _name = $"docker-credential-{name}";
        _path = ProgramPath.Find(_name) ?? throw new ImageException($"{_name}: no such program in PATH; hint: config.json asks for it");
    }

    /// <summary>Null where it knows none for the server.</summary>
    public Login? Get(string server)
    {
        (string answer, bool isSuccess) = Ask("get", server);
        if (!isSuccess)
        {
            if (answer.Contains("credentials not found", StringComparison.OrdinalIgnoreCase)) return null;
            throw new ImageException($"{_name} get {server}: {ImageException.Printable(answer.Trim())}");
        }
        JsonValue json = JsonValue.Parse(Encoding.UTF8.GetBytes(answer), _name);
        string user = json.Text("Username"), secret = json.Text("Secret");
        return user == TokenUser ? new Login("", "", secret) : new Login(user, secret);
    }

    public void Store(string server, Login login)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ServerURL", server);
            json.WriteString("Username", login.IdentityToken is null ? login.User : TokenUser);
            json.WriteString("Secret", login.IdentityToken ?? login.Password);
            json.WriteEndObject();
        }
        (string answer, bool isSuccess) = Ask("store", Encoding.UTF8.GetString(buffer.ToArray()));
        if (!isSuccess) throw new ImageException($"{_name} store {server}: {ImageException.Printable(answer.Trim())}");
    }

    public void Erase(string server)
    {
        (string answer, bool isSuccess) = Ask("erase", server);
        if (!isSuccess && !answer.Contains("credentials not found", StringComparison.OrdinalIgnoreCase))
            throw new ImageException($"{_name} erase {server}: {ImageException.Printable(answer.Trim())}");
    }

    private (string Answer, bool IsSuccess) Ask(string verb, string input)
    {
        List<string> environment = [];
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) environment.Add($"{variable.Key}={variable.Value}");
        (Fd questions, Fd ask) = Streams.Pipe();
        (Fd answers, Fd answer) = Streams.Pipe();
        using (ask)
        using (answers)
        {
            Child child;
            using (questions)
            using (answer)
                child = Spawn.Start(_path, [_name, verb], environment, new Dictionary<int, Fd> { [0] = questions, [1] = answer });
            try
            {
                Streams.WriteAll(ask, Encoding.UTF8.GetBytes(input)); // fits into the pipe
            }
            catch (SyscallException e) when (e.Errno is Errno.EPIPE)
            {
                // it did not want to know
            }
            ask.Dispose();
            MemoryStream all = new();
            byte[] buffer = new byte[4096];
            int count;
            while ((count = Streams.Read(answers, buffer)) > 0 && all.Length < MaxAnswerBytes) all.Write(buffer, 0, count);
            answers.Dispose();
            ExitStatus status = child.Wait();
            return (Encoding.UTF8.GetString(all.ToArray()), status.Success);
        }
    }
}
