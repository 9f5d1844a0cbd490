using System.Globalization;
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

    /// <summary>1970 where the image does not say.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UnixEpoch;

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <param name="root">The whole image configuration.</param>
    /// <exception cref="ImageException">A field is of the wrong type.</exception>
    internal static ImageConfig Of(JsonValue root)
    {
        ImageConfig image = new()
        {
            Architecture = root.Text("architecture"),
            OperatingSystem = root.Text("os"),
            Variant = root.Text("variant"),
            Created = DateTimeOffset.TryParse(root.Text("created"), CultureInfo.InvariantCulture, out DateTimeOffset time) ? time : DateTimeOffset.UnixEpoch,
        };
        if (root.Object("config") is not { } config) return image;
        return image with
        {
            Entrypoint = config.Texts("Entrypoint"),
            Command = config.Texts("Cmd"),
            Environment = config.Texts("Env"),
            ExposedPorts = config.Keys("ExposedPorts"),
            Volumes = config.Keys("Volumes"),
            WorkingDirectory = config.Text("WorkingDir"),
            User = config.Text("User"),
            StopSignal = config.Text("StopSignal"),
            Labels = config.Map("Labels"),
        };
    }
}
