using System.Text.Json;

namespace Sampan.Runtime.Hooks;

/// <summary>The state of a container as hooks and seccomp agents get it, runtime-spec runtime.md "State".</summary>
/// <param name="Pid">As seen from where it is read.</param>
public sealed record HookState(string Version, string Id, string Status, int Pid, string Bundle, IReadOnlyDictionary<string, string> Annotations)
{
    public byte[] ToJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer)) Write(json);
        return buffer.ToArray();
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ociVersion", Version);
        json.WriteString("id", Id);
        json.WriteString("status", Status);
        if (Pid > 0) json.WriteNumber("pid", Pid);
        json.WriteString("bundle", Bundle);
        json.WriteStartObject("annotations");
        foreach ((string key, string value) in Annotations) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
