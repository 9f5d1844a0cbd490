using System.Text.Json;
using Sampan.Images.Archive;

namespace Sampan.Images;

/// <summary>How an image wants to be run: the <c>config</c> part of the OCI image configuration.</summary>
public sealed record ImageConfig
{
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary><c>NAME=value</c> each.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary><c>80/tcp</c>, <c>53/udp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public string WorkingDirectory { get; init; } = "";

    public string User { get; init; } = "";

    public string StopSignal { get; init; } = "";

    public string Architecture { get; init; } = "";

    public string OperatingSystem { get; init; } = "";

    public string Variant { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    internal static ImageConfig Of(JsonElement root)
    {
        JsonElement config = root.TryGetProperty("config", out JsonElement c) ? c : default;
        Dictionary<string, string> labels = [];
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty(nameof(Labels), out JsonElement l) && l.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty label in l.EnumerateObject()) labels[label.Name] = label.Value.GetString() ?? "";
        }
        return new ImageConfig
        {
            Entrypoint = BlobText.Texts(config, "Entrypoint"),
            Command = BlobText.Texts(config, "Cmd"),
            Environment = BlobText.Texts(config, "Env"),
            ExposedPorts = BlobText.Texts(config, "ExposedPorts"),
            Volumes = BlobText.Texts(config, "Volumes"),
            WorkingDirectory = BlobText.Text(config, "WorkingDir"),
            User = BlobText.Text(config, "User"),
            StopSignal = BlobText.Text(config, "StopSignal"),
            Architecture = BlobText.Text(root, "architecture"),
            OperatingSystem = BlobText.Text(root, "os"),
            Variant = BlobText.Text(root, "variant"),
            Labels = labels,
        };
    }
}
