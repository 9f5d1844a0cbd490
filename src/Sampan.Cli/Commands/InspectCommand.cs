using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.Content;
using Sampan.Networks;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan inspect</c>: a JSON array with the members that scripts written for docker read.</summary>
internal static class InspectCommand
{
    private static readonly string[] Types = ["container", "image"];

    public static Command Declare(TextWriter output, TextWriter error) => new("inspect", "describe containers or images as JSON")
    {
        Positionals = "CONTAINER|IMAGE...",
        MinPositionals = 1,
        Flags = [Flag.Text("type", "TYPE", "container or image; whichever there is when not given") with { Choices = Types }],
        Handler = parsed => Run(parsed, output, error),
    };

    internal static void Write(IReadOnlyList<ContainerSummary> containers, TextWriter output) =>
        Write(containers.Select(container => (Action<Utf8JsonWriter>)(writer => Write(writer, container))), output);

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        string? type = parsed.Text("type");
        if (type is not (null or "container" or "image"))
            throw new UsageException($"flag --type: invalid value '{type}'; wanted: one of container, image");
        if (type == "image" && OrdinaryUser.IsCaller) return OrdinaryUser.Enter(EnginePaths.FromEnvironment());
        EnginePaths paths = SweptEngine.Open(error);
        var store = new ContainerStore(paths);
        List<Action<Utf8JsonWriter>> found = [];
        foreach (string name in parsed.Positionals)
        {
            if (type != "image" && (type == "container" || store.TryFind(name) is not null))
            {
                ContainerSummary container = store.Describe(store.Find(name));
                ChangedArchives.Tell([container], error);
                found.Add(writer => Write(writer, container));
                continue;
            }
            // its files belong to the user's namespace
            if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
            StoredImage image = ImageStore.Open(paths.Images).Named.Find(name)
                ?? throw new EngineException(type is null ? $"no container or image {name}" : $"no image {name}");
            found.Add(writer => ImageJson.Write(writer, image));
        }
        Write(found, output);
        return ExitCode.Success;
    }

    private static void Write(IEnumerable<Action<Utf8JsonWriter>> objects, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (Action<Utf8JsonWriter> write in objects) write(writer);
            writer.WriteEndArray();
        }

        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }

    private static void Write(Utf8JsonWriter writer, ContainerSummary container)
    {
        ContainerRecord record = container.Record;
        writer.WriteStartObject();
        writer.WriteString("Id", record.Id);
        writer.WriteString("Name", record.Name);
        writer.WriteString("Created", Time(record.Created));
        writer.WriteString("Image", record.ImageId);

        writer.WriteStartObject("State");
        writer.WriteString("Status", ContainerText.State(container.Status));
        writer.WriteBoolean("Running", container.Status == ContainerStatus.Running);
        writer.WriteNumber("Pid", container.Running?.Pid ?? 0);
        writer.WriteNumber("ExitCode", container.Exit?.Code ?? 0);
        writer.WriteBoolean("OOMKilled", container.Exit?.OutOfMemory ?? false);
        writer.WriteString("Error", container.Exit?.Error ?? "");
        writer.WriteString("StartedAt", Time(container.Running?.Started));
        writer.WriteString("FinishedAt", Time(container.Exit?.Finished));
        writer.WriteEndObject();

        writer.WriteStartObject("Config");
        writer.WriteString("Image", record.Options.Image);
        WriteList(writer, "Cmd", record.Arguments);
        WriteList(writer, "Env", record.Environment);
        writer.WriteString("WorkingDir", record.WorkingDirectory);
        writer.WriteString("User", record.User);
        writer.WriteBoolean("Tty", record.Options.Terminal);
        writer.WriteEndObject();

        writer.WriteStartObject("NetworkSettings");
        WriteNetwork(writer, container.Running?.Network);
        WritePorts(writer, container);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteNetwork(Utf8JsonWriter writer, NetworkAttachment? network)
    {
        writer.WriteString("Bridge", network?.Bridge ?? "");
        writer.WriteString("IPAddress", network?.Address.ToString() ?? "");
        writer.WriteNumber("IPPrefixLen", network?.PrefixLength ?? 0);
        writer.WriteString("Gateway", network?.Gateway.ToString() ?? "");
        writer.WriteString("GlobalIPv6Address", network?.Address6?.ToString() ?? "");
        writer.WriteNumber("GlobalIPv6PrefixLen", network?.PrefixLength6 ?? 0);
        writer.WriteString("IPv6Gateway", network?.Gateway6?.ToString() ?? "");
        writer.WriteString("MacAddress", network?.Mac ?? "");
    }

    // {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}]}
    private static void WritePorts(Utf8JsonWriter writer, ContainerSummary container)
    {
        writer.WriteStartObject("Ports");
        if (container.Running is { } running)
        {
            foreach (var group in ContainerText.PublishedPorts(container.Record, running).GroupBy(port => $"{port.ContainerPort}/{port.Protocol}"))
            {
                writer.WriteStartArray(group.Key);
                foreach (PublishedPort port in group)
                {
                    foreach (IPAddress address in port.HostAddress is { } one ? [one] : (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
                    {
                        writer.WriteStartObject();
                        writer.WriteString("HostIp", address.ToString());
                        writer.WriteString("HostPort", port.HostPort.ToString(CultureInfo.InvariantCulture));
                        writer.WriteEndObject();
                    }
                }
                writer.WriteEndArray();
            }
        }
        writer.WriteEndObject();
    }

    // docker's way to say "not yet"
    private static string Time(DateTimeOffset? time) => (time ?? DateTimeOffset.MinValue).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
