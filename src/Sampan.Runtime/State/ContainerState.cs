using System.Text.Json;

namespace Sampan.Runtime.State;

/// <summary>What is kept of a container in its state folder, <c>state.json</c>.</summary>
public sealed record ContainerState
{
    public required string Id { get; init; }

    public required string Bundle { get; init; }

    public required string RootPath { get; init; }

    /// <summary>0 before there is a process.</summary>
    public int Pid { get; init; }

    /// <summary>When the process started, in clock ticks after boot: tells it from a later one with the same number.</summary>
    public ulong PidStartTicks { get; init; }

    public DateTimeOffset Created { get; init; }

    public string OciVersion { get; init; } = "1.3.0";

    public string? CgroupPath { get; init; }

    /// <summary>The scope of the systemd cgroup driver, or null.</summary>
    public string? CgroupUnit { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    internal byte[] ToJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", OciVersion);
            json.WriteString("id", Id);
            json.WriteString("bundle", Bundle);
            json.WriteString("rootfs", RootPath);
            json.WriteNumber("pid", Pid);
            json.WriteNumber("pidStartTicks", PidStartTicks);
            json.WriteString("created", Created);
            if (CgroupPath is not null) json.WriteString("cgroupPath", CgroupPath);
            if (CgroupUnit is not null) json.WriteString("cgroupUnit", CgroupUnit);
            json.WriteStartObject("annotations");
            foreach ((string key, string value) in Annotations) json.WriteString(key, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    internal static ContainerState FromJson(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement json = document.RootElement;
        return new ContainerState
        {
            OciVersion = json.GetProperty("ociVersion").GetString()!,
            Id = json.GetProperty("id").GetString()!,
            Bundle = json.GetProperty("bundle").GetString()!,
            RootPath = json.GetProperty("rootfs").GetString()!,
            Pid = json.GetProperty("pid").GetInt32(),
            PidStartTicks = json.GetProperty("pidStartTicks").GetUInt64(),
            Created = json.GetProperty("created").GetDateTimeOffset(),
            CgroupPath = json.TryGetProperty("cgroupPath", out JsonElement path) ? path.GetString() : null,
            CgroupUnit = json.TryGetProperty("cgroupUnit", out JsonElement unit) ? unit.GetString() : null,
            Annotations = json.GetProperty("annotations").EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetString()!),
        };
    }
}
