using System.Globalization;
using System.Text.Json;
using Sampan.Networks;

namespace Sampan.Engine.State;

/// <summary>A container that runs, as its monitor knows it.</summary>
/// <param name="Pid">Of the container's first process, in the host's numbers.</param>
/// <param name="CgroupPath">What the clean-up after a killed monitor empties and removes, or null.</param>
/// <param name="Network">The container's place on a bridge, or null where it has none.</param>
public sealed record RunState(int Pid, int MonitorPid, DateTimeOffset Started, string? CgroupPath, NetworkAttachment? Network)
{
    /// <summary>Null when there is none (yet), or a half of one.</summary>
    public static RunState? ReadIfExists(string path)
    {
        if (AtomicFile.ReadIfExists(path) is not { } content) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            JsonElement json = document.RootElement;
            return new RunState(
                (int)(json.OptionalNumber("pid") ?? 0),
                (int)(json.OptionalNumber("monitorPid") ?? 0),
                DateTimeOffset.Parse(json.Required("started"), CultureInfo.InvariantCulture),
                json.Optional("cgroup"),
                json.TryGetProperty("network", out JsonElement network) ? NetworkAttachment.From(network) : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    public void Write(string path) => AtomicFile.WriteJson(path, WriteMembers, durable: false);

    private void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("pid", Pid);
        writer.WriteNumber("monitorPid", MonitorPid);
        writer.WriteString("started", Started.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteOptional("cgroup", CgroupPath);
        if (Network is null) return;
        writer.WritePropertyName("network");
        Network.WriteTo(writer);
    }
}
