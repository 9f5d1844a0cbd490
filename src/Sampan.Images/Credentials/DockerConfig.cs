using System.Text;
using System.Text.Json;
using Sampan.Images.Archive;

namespace Sampan.Images.Credentials;

/// <summary>Docker's <c>config.json</c>: logins by registry, and which helper programs keep them instead.</summary>
public sealed class DockerConfig
{
    private const string DockerHub = "docker.io";
    private const string DockerHubKey = "https://index.docker.io/v1/";
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <param name="path">The file, which need not exist.</param>
    public DockerConfig(string path) => FilePath = path;

    public string FilePath { get; }

    /// <summary>In <c>DOCKER_CONFIG</c>, else in <c>~/.docker</c>; null where there is neither.</summary>
    public static DockerConfig? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder) return new DockerConfig(Path.Join(folder, "config.json"));
        return Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? new DockerConfig(Path.Join(home, ".docker", "config.json")) : null;
    }

    /// <param name="host">A registry's name as it stands in an image's, <c>docker.io</c> or <c>localhost:5000</c>.</param>
    /// <exception cref="ImageException">The file or a helper's answer has the wrong shape.</exception>
    public Login? Find(string host)
    {
        if (Read() is not { } root) return null;
        if (HelperOf(root, host) is { } helper) return new CredentialHelper(helper).Get(KeyOf(host));
        if (root.Object("auths") is not { } auths) return null;
        JsonValue? found = auths.Object(KeyOf(host));
        if (found is null)
            foreach (string key in root.Keys("auths"))
                if (HostOf(key) == HostOf(KeyOf(host))) found ??= auths.Object(key);
        return found is null ? null : ReadLogin(found.Value, host);
    }

    /// <summary>Keeps a login, with a helper where the file names one.</summary>
    /// <returns>Whether it stands readable in the file.</returns>
    public bool Store(string host, Login login)
    {
        if (Read() is { } root && HelperOf(root, host) is { } helper)
        {
            new CredentialHelper(helper).Store(KeyOf(host), login);
            return false;
        }
        Rewrite(host, login);
        return true;
    }

    /// <summary>Forgets a login; false where there was none.</summary>
    public bool Erase(string host)
    {
        if (Read() is not { } root) return false;
        if (HelperOf(root, host) is { } helper) new CredentialHelper(helper).Erase(KeyOf(host));
        bool isKnown = root.Keys("auths").Exists(key => HostOf(key) == HostOf(KeyOf(host)));
        if (isKnown) Rewrite(host, null);
        return isKnown || HelperOf(root, host) is not null;
    }

    private JsonValue? Read()
    {
        try
        {
            byte[] content = File.ReadAllBytes(FilePath);
            return content.Length == 0 ? null : JsonValue.Parse(content, FilePath);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string? HelperOf(JsonValue root, string host)
    {
        if (root.Object("credHelpers") is { } helpers)
            foreach (string key in root.Keys("credHelpers"))
                if (key == host || key == KeyOf(host)) return helpers.Text(key);
        return root.Text("credsStore") is { Length: > 0 } store ? store : null;
    }

    private static Login? ReadLogin(JsonValue entry, string host)
    {
        string token = entry.Text("identitytoken"), auth = entry.Text("auth");
        if (auth.Length == 0)
            return token.Length > 0 ? new Login("", "", token) : entry.Text("username") is { Length: > 0 } user ? new Login(user, entry.Text("password")) : null;
        byte[] bytes = new byte[auth.Length];
        if (!Convert.TryFromBase64String(auth, bytes, out int count)) throw Damaged(host);
        string text = Encoding.UTF8.GetString(bytes, 0, count).TrimEnd('\0');
        int colon = text.IndexOf(':');
        return colon > 0 ? new Login(text[..colon], text[(colon + 1)..], token.Length > 0 ? token : null) : throw Damaged(host);
    }

    private static ImageException Damaged(string host) => new($"config.json: the login for {host} is not USER:PASSWORD in base64; hint: log in again");

    private static string KeyOf(string host) => host == DockerHub ? DockerHubKey : host;

    // old files have addresses as keys
    private static string HostOf(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string host = scheme >= 0 ? key[(scheme + 3)..] : key;
        int slash = host.IndexOf('/');
        return slash >= 0 ? host[..slash] : host;
    }

    /// <summary>Writes the file anew with everything in it that is not this login.</summary>
    private void Rewrite(string host, Login? login)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            using JsonDocument? old = File.Exists(FilePath) && new FileInfo(FilePath).Length > 0 ? JsonDocument.Parse(File.ReadAllBytes(FilePath)) : null;
            JsonElement? auths = null;
            foreach (JsonProperty property in old?.RootElement.EnumerateObject() ?? default)
            {
                if (property.NameEquals("auths")) auths = property.Value;
                else property.WriteTo(json);
            }
            json.WriteStartObject("auths");
            foreach (JsonProperty entry in auths is { ValueKind: JsonValueKind.Object } known ? known.EnumerateObject() : default)
                if (HostOf(entry.Name) != HostOf(KeyOf(host))) entry.WriteTo(json);
            if (login is not null)
            {
                json.WriteStartObject(KeyOf(host));
                json.WriteString("auth", login.Basic);
                if (login.IdentityToken is not null) json.WriteString("identitytoken", login.IdentityToken);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!, OwnerFolder);
        string temporary = $"{FilePath}.{Environment.ProcessId}.new";
        using (FileStream file = new(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerFile }))
            file.Write(buffer.ToArray());
        File.Move(temporary, FilePath, overwrite: true);
    }
}
