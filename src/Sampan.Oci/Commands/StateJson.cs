using System.Text.Json;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

/// <summary>A container's state as runtime-spec runtime.md describes it, with the members that callers of runc also read.</summary>
internal static class StateJson
{
    public static void Write(Utf8JsonWriter json, ContainerState state, ContainerStatus status)
    {
        json.WriteStartObject();
        json.WriteString("ociVersion", state.OciVersion);
        json.WriteString("id", state.Id);
        json.WriteNumber("pid", status == ContainerStatus.Stopped ? 0 : state.Pid);
        json.WriteString("status", Text(status));
        json.WriteString("bundle", state.Bundle);
        json.WriteString("rootfs", state.RootPath);
        json.WriteString("created", Time(state.Created));
        if (state.Annotations.Count > 0)
        {
            json.WriteStartObject("annotations");
            foreach ((string key, string value) in state.Annotations) json.WriteString(key, value);
            json.WriteEndObject();
        }
        json.WriteString("owner", Owners.Name(state.Owner));
        json.WriteEndObject();
    }

    public static string Text(ContainerStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>RFC 3339 in UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
}
