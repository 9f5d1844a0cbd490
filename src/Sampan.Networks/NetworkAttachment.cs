using System.Net;
using System.Text.Json;

namespace Sampan.Networks;

/// <summary>All that was made for one container: enough to describe it and to undo it.</summary>
/// <param name="Address6">Null where the host or the container has no IPv6.</param>
/// <param name="Mac">Of the container's eth0, as <c>02:53:0a:58:00:02</c>.</param>
public sealed record NetworkAttachment(
    string ContainerId,
    string Bridge,
    string HostVeth,
    IPAddress Address,
    int PrefixLength,
    IPAddress Gateway,
    IPAddress? Address6,
    int PrefixLength6,
    IPAddress? Gateway6,
    string Mac,
    IReadOnlyList<PublishedPort> Ports)
{
    /// <summary>Writes a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("containerId", ContainerId);
        json.WriteString("bridge", Bridge);
        json.WriteString("hostVeth", HostVeth);
        json.WriteString("address", Address.ToString());
        json.WriteNumber("prefixLength", PrefixLength);
        json.WriteString("gateway", Gateway.ToString());
        if (Address6 is not null)
        {
            json.WriteString("address6", Address6.ToString());
            json.WriteNumber("prefixLength6", PrefixLength6);
            json.WriteString("gateway6", Gateway6?.ToString());
        }
        json.WriteString("mac", Mac);
        json.WriteStartArray("ports");
        foreach (PublishedPort port in Ports) port.WriteTo(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote.</summary>
    public static NetworkAttachment From(JsonElement json)
    {
        List<PublishedPort> ports = [];
        foreach (JsonElement port in json.GetProperty("ports").EnumerateArray()) ports.Add(PublishedPort.From(port));
        bool v6 = json.TryGetProperty("address6", out JsonElement address6);
        return new NetworkAttachment(
            json.GetProperty("containerId").GetString()!,
            json.GetProperty("bridge").GetString()!,
            json.GetProperty("hostVeth").GetString()!,
            IPAddress.Parse(json.GetProperty("address").GetString()!),
            json.GetProperty("prefixLength").GetInt32(),
            IPAddress.Parse(json.GetProperty("gateway").GetString()!),
            v6 ? IPAddress.Parse(address6.GetString()!) : null,
            v6 ? json.GetProperty("prefixLength6").GetInt32() : 0,
            v6 ? IPAddress.Parse(json.GetProperty("gateway6").GetString()!) : null,
            json.GetProperty("mac").GetString()!,
            ports);
    }
}
