using System.Text.Json;

namespace Sampan.Runtime.State;

/// <summary>What is kept of a container in its state folder, <c>state.json</c>.</summary>
/// <remarks>
/// Containers outlive an upgrade of this program. Members are only ever added: an older program passes over those that it
/// does not know, a newer one takes a default for those that are not there. <see cref="FormatVersion"/> would change with
/// a meaning, and a program refuses a state whose version is above its own.
/// </remarks>
public sealed record ContainerState
{
    public const int FormatVersion = 1;

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

    /// <summary>The container's class of service, a directory of resctrl, or null.</summary>
    public string? ResctrlDirectory { get; init; }

    /// <summary>Directories of resctrl that go with the container.</summary>
    public IReadOnlyList<string> ResctrlMade { get; init; } = [];

    /// <summary>User id of the one who made it.</summary>
    public uint Owner { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    internal byte[] ToJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", FormatVersion);
            json.WriteString("ociVersion", OciVersion);
            json.WriteString("id", Id);
            json.WriteString("bundle", Bundle);
            json.WriteString("rootfs", RootPath);
            json.WriteNumber("pid", Pid);
            json.WriteNumber("pidStartTicks", PidStartTicks);
            json.WriteString("created", Created);
            json.WriteNumber("owner", Owner);
            if (CgroupPath is not null) json.WriteString("cgroupPath", CgroupPath);
            if (CgroupUnit is not null) json.WriteString("cgroupUnit", CgroupUnit);
            if (ResctrlDirectory is not null)
            {
                json.WriteString("resctrlDirectory", ResctrlDirectory);
                json.WriteStartArray("resctrlMade");
                foreach (string directory in ResctrlMade) json.WriteStringValue(directory);
                json.WriteEndArray();
            }
            json.WriteStartObject("annotations");
            foreach ((string key, string value) in Annotations) json.WriteString(key, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <exception cref="FormatException">It was written by a later version of this program.</exception>
    internal static ContainerState FromJson(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement json = document.RootElement;
        if (Member("format")?.GetInt32() is int format and > FormatVersion)
            throw new FormatException($"it has format {format}, and this version knows up to {FormatVersion}");
        return new ContainerState
        {
            OciVersion = Member("ociVersion")?.GetString() ?? "1.0.0",
            Id = json.GetProperty("id").GetString()!,
            Bundle = json.GetProperty("bundle").GetString()!,
            RootPath = Member("rootfs")?.GetString() ?? "",
            Pid = json.GetProperty("pid").GetInt32(),
            PidStartTicks = json.GetProperty("pidStartTicks").GetUInt64(),
            Created = Member("created")?.GetDateTimeOffset() ?? default,
            Owner = Member("owner")?.GetUInt32() ?? 0,
            CgroupPath = Member("cgroupPath")?.GetString(),
            CgroupUnit = Member("cgroupUnit")?.GetString(),
            ResctrlDirectory = Member("resctrlDirectory")?.GetString(),
            ResctrlMade = Member("resctrlMade")?.EnumerateArray().Select(one => one.GetString()!).ToArray() ?? [],
            Annotations = Member("annotations")?.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetString()!) ?? [],
        };

        JsonElement? Member(string name) => json.TryGetProperty(name, out JsonElement member) ? member : null;
    }
}
