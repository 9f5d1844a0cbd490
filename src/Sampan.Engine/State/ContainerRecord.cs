using System.Globalization;
using System.Text.Json;
using Sampan.Engine.Containers;
using Sampan.Images;

namespace Sampan.Engine.State;

/// <summary>A container as it was made: what was asked for and what the image added to it. Never changed afterwards.</summary>
public sealed record ContainerRecord
{
    /// <summary>64 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The image's id, or null where the root file system is a plain directory.</summary>
    public string? ImageId { get; init; }

    /// <summary>Directories of the image's layers, lowest first.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The image as one file system to mount; null where it is the directories of <see cref="Layers"/>.</summary>
    public ImageIndex? Index { get; init; }

    /// <summary>Entrypoint and command, resolved.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The image's <c>NAME=value</c> and the user's, later ones win.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    /// <summary><c>user[:group]</c>, names or numbers; resolved in the container's own files when it starts.</summary>
    public string User { get; init; } = "";

    /// <summary>A signal's name or number, or null for SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The ids that it has for itself, or null where it has the host's.</summary>
    public IdRange? Ids { get; init; }

    public required ContainerOptions Options { get; init; }

    public static ContainerRecord Read(string path) =>
        ReadIfExists(path) ?? throw new EngineException($"{path}: no such container record");

    /// <summary>Null where there is none (any more): containers come and go while others look.</summary>
    /// <exception cref="EngineException">It is damaged.</exception>
    public static ContainerRecord? ReadIfExists(string path)
    {
        if (AtomicFile.ReadIfExists(path) is not { } content) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            JsonElement json = document.RootElement;
            return new ContainerRecord
            {
                Id = json.Required("id"),
                Name = json.Required("name"),
                Created = DateTimeOffset.Parse(json.Required("created"), CultureInfo.InvariantCulture),
                ImageId = json.Optional("imageId"),
                Layers = json.List("layers"),
                Index = ReadIndex(json),
                Arguments = json.List("arguments"),
                Environment = json.List("environment"),
                WorkingDirectory = json.Required("workingDirectory"),
                User = json.Required("user"),
                StopSignal = json.Optional("stopSignal"),
                Ids = json.OptionalNumber("firstUser") is { } user && json.OptionalNumber("firstGroup") is { } group
                    ? new IdRange(checked((uint)user), checked((uint)group)) : null,
                Options = OptionsJson.Read(json.GetProperty("options")),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new EngineException($"{path}: damaged container record: {e.Message}", e);
        }
    }

    /// <summary>Written through to the disk only where the container is to survive a reboot.</summary>
    public void Write(string path) => AtomicFile.WriteJson(path, WriteMembers, durable: !Options.Remove);

    private void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("id", Id);
        writer.WriteString("name", Name);
        writer.WriteString("created", Created.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteOptional("imageId", ImageId);
        writer.WriteList("layers", Layers);
        if (Index is not null) WriteIndex(writer, Index);
        writer.WriteList("arguments", Arguments);
        writer.WriteList("environment", Environment);
        writer.WriteString("workingDirectory", WorkingDirectory);
        writer.WriteString("user", User);
        writer.WriteOptional("stopSignal", StopSignal);
        writer.WriteOptional("firstUser", Ids?.FirstUser);
        writer.WriteOptional("firstGroup", Ids?.FirstGroup);
        writer.WriteStartObject("options");
        OptionsJson.Write(writer, Options);
        writer.WriteEndObject();
    }

    private static void WriteIndex(Utf8JsonWriter writer, ImageIndex index)
    {
        writer.WriteString("index", index.Path);
        writer.WriteStartArray("devices");
        foreach (IndexDevice device in index.Devices)
        {
            writer.WriteStartObject();
            writer.WriteString("path", device.Path);
            writer.WriteOptional("identity", device.Identity);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static ImageIndex? ReadIndex(JsonElement json)
    {
        if (json.Optional("index") is not { } path) return null;
        List<IndexDevice> devices = [];
        foreach (JsonElement device in json.GetProperty("devices").EnumerateArray()) devices.Add(new IndexDevice(device.Required("path"), device.Optional("identity")));
        return new ImageIndex(path, devices);
    }
}
