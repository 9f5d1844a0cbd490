using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sampan.Engine.State;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Networks;

namespace Sampan.Engine.Rootless;

/// <summary>slirp4netns(1): a TCP/IP stack in a process, with an Ethernet interface in the container. IPv4 only.</summary>
internal sealed class SlirpNetwork : IDisposable
{
    private const int NamespaceDescriptor = 3, ReadyDescriptor = 4, ExitDescriptor = 5, FolderDescriptor = 6, ErrorDescriptor = 2;
    private const string SocketName = "slirp.sock";

    private readonly Child _process;
    private readonly Fd _alive;

    private SlirpNetwork(Child process, Fd alive)
    {
        _process = process;
        _alive = alive;
    }

    public static SlirpNetwork Attach(string program, int pid, IReadOnlyList<PublishedPort> ports, ContainerPaths paths)
    {
        string log = Path.Combine(paths.Run, "slirp.log");
        (Fd ready, Fd tellReady) = Streams.Pipe();
        // it ends when nobody holds the other end any more: also when this process is killed
        (Fd exit, Fd alive) = Streams.Pipe();
        SlirpNetwork network;
        using (ready)
        {
            using (tellReady)
            using (exit)
            using (Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadWrite))
            using (Fd errors = Paths.Open(log, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, 0x180))
            using (Fd netns = Paths.Open($"/proc/{pid}/ns/net", OpenFlags.ReadOnly))
            using (Fd folder = Paths.Open(paths.Run, OpenFlags.Path | OpenFlags.Directory))
            {
                Dictionary<int, Fd> descriptors = new()
                {
                    [0] = nothing,
                    [1] = nothing,
                    [ErrorDescriptor] = errors,
                    [NamespaceDescriptor] = netns,
                    [ReadyDescriptor] = tellReady,
                    [ExitDescriptor] = exit,
                    [FolderDescriptor] = folder,
                };
                network = new SlirpNetwork(Spawn.Start(program, Arguments(program), [], descriptors, newSession: true), alive);
            }

            try
            {
                if (Streams.Read(ready, new byte[1]) <= 0) throw new EngineException($"network: slirp4netns ended with {network._process.Wait()}{Reason(log)}");
                foreach (PublishedPort port in ports) Publish(port, paths);
                return network;
            }
            catch
            {
                network.Dispose();
                throw;
            }
        }
    }

    /// <summary>Ends slirp4netns and waits for that: the ports are free then.</summary>
    public void Dispose()
    {
        _alive.Dispose();
        _process.Wait();
    }

    private static List<string> Arguments(string program) =>
    [
        program, "--configure", "--mtu=65520",
        // no way from the container to services on the host's loopback
        "--disable-host-loopback",
        // by descriptor: the folder's path is longer than a socket's address may be
        $"--api-socket=/proc/self/fd/{FolderDescriptor}/{SocketName}", $"--ready-fd={ReadyDescriptor}", $"--exit-fd={ExitDescriptor}",
        "--netns-type=path", $"/proc/self/fd/{NamespaceDescriptor}", "eth0",
    ];

    private static void Publish(PublishedPort port, ContainerPaths paths)
    {
        string address = port.HostAddress is { AddressFamily: AddressFamily.InterNetwork } host ? host.ToString()
            : port.HostAddress is null || port.HostAddress.Equals(IPAddress.IPv6Any) ? "0.0.0.0"
            : throw new EngineException($"publish {port.HostAddress}: slirp4netns publishes at IPv4 addresses only; hint: install the package passt");
        ArrayBufferWriter<byte> request = new();
        using (Utf8JsonWriter json = new(request))
        {
            json.WriteStartObject();
            json.WriteString("execute", "add_hostfwd");
            json.WriteStartObject("arguments");
            json.WriteString("proto", port.Protocol);
            json.WriteString("host_addr", address);
            json.WriteNumber("host_port", port.HostPort);
            json.WriteNumber("guest_port", port.ContainerPort);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        using Fd socket = UnixSocket.Connect(paths.Run, SocketName);
        Streams.WriteAll(socket, request.WrittenSpan);
        UnixSocket.EndWriting(socket);
        string answer = ReadAll(socket);
        if (answer.Contains("\"error\"", StringComparison.Ordinal))
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"publish {port.HostPort}:{port.ContainerPort}/{port.Protocol}: slirp4netns: {Description(answer)}"));
    }

    private static string ReadAll(Fd socket)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[1024];
        for (int count; (count = Streams.Read(socket, buffer)) > 0;) text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return text.ToString();
    }

    private static string Description(string answer)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(answer);
            return json.RootElement.GetProperty("error").GetProperty("desc").GetString() ?? answer;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return answer.Trim();
        }
    }

    private static string Reason(string log)
    {
        string text = string.Join("; ", File.ReadAllLines(log));
        return text.Length == 0 ? "" : $": {text}";
    }
}
