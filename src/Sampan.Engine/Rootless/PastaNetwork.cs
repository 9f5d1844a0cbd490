using System.Globalization;
using Sampan.Engine.State;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Networks;
using PidFds = Sampan.Linux.Events.PidFd;

namespace Sampan.Engine.Rootless;

/// <summary>pasta(1): carries a container's traffic through sockets of the user, with the host's own addresses inside.</summary>
internal sealed class PastaNetwork : IDisposable
{
    private const int NamespaceDescriptor = 3;
    private const int EndMs = 1000;

    private readonly Fd? _process;

    private PastaNetwork(Fd? process) => _process = process;

    /// <param name="pidFile">Where pasta leaves its process id.</param>
    public static PastaNetwork Attach(string program, int pid, IReadOnlyList<PublishedPort> ports, string pidFile)
    {
        using Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadWrite);
        string log = pidFile + ".log";
        using Fd netns = Paths.Open($"/proc/{pid}/ns/net", OpenFlags.ReadOnly);
        Dictionary<int, Fd> descriptors = new() { [0] = nothing, [1] = nothing, [2] = nothing, [NamespaceDescriptor] = netns };
        // it goes to the background by itself, once everything is configured
        ExitStatus status = Spawn.Start(program, Arguments(program, ports, pidFile, log), [], descriptors, newSession: true).Wait();
        if (!status.Success) throw new EngineException($"network: pasta ended with {status}{Reason(log)}");
        int daemon = int.Parse(File.ReadAllText(pidFile).Trim(), CultureInfo.InvariantCulture);
        return new PastaNetwork(PidFds.TryOpen(daemon));
    }

    /// <summary>Ends pasta, which also frees the published ports.</summary>
    public void Dispose()
    {
        if (_process is null) return;
        End(_process);
        _process.Dispose();
    }

    /// <summary>Ends the pasta that a killed monitor left; the process must still be one.</summary>
    public static void EndAbandoned(string pidFile)
    {
        if (!File.Exists(pidFile) || !int.TryParse(File.ReadAllText(pidFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) return;
        using Fd? process = PidFds.TryOpen(pid);
        // after the descriptor was opened, the number can not change its owner unnoticed
        if (process is not null && IsPasta(pid)) End(process);
    }

    // waits too: the ports are free only then
    private static void End(Fd process)
    {
        PidFds.TrySignal(process, SignalNumber.Terminate);
        if (!Streams.Wait(process, EpollEvents.Readable, EndMs)) PidFds.TrySignal(process, SignalNumber.Kill);
    }

    private static bool IsPasta(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").StartsWith("pas", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // ended meanwhile
        }
    }

    private static List<string> Arguments(string program, IReadOnlyList<PublishedPort> ports, string pidFile, string log)
    {
        List<string> arguments =
        [
            program, "--config-net", "--quiet", "--log-file", log, "--pid", pidFile, "--ns-ifname", "eth0",
            // by descriptor: pasta has too few capabilities left by then to look at the container's own entry in /proc
            "--netns", $"/proc/self/fd/{NamespaceDescriptor}", "--no-netns-quit",
            // no way from the container to services on the host's loopback
            "--no-map-gw", "--tcp-ns", "none", "--udp-ns", "none",
        ];
        AddPorts(arguments, "--tcp-ports", ports, "tcp");
        AddPorts(arguments, "--udp-ports", ports, "udp");
        return arguments;
    }

    private static void AddPorts(List<string> arguments, string option, IReadOnlyList<PublishedPort> ports, string protocol)
    {
        int before = arguments.Count;
        foreach (PublishedPort port in ports)
        {
            if (port.Protocol != protocol) continue;
            arguments.Add(option);
            string address = port.HostAddress is { } host ? $"{host}/" : "";
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"{address}{port.HostPort}:{port.ContainerPort}"));
        }

        if (arguments.Count == before) arguments.AddRange([option, "none"]);
    }

    private static string Reason(string log)
    {
        if (!File.Exists(log)) return "";
        string last = "";
        foreach (string line in File.ReadLines(log))
            if (line.Length > 0) last = line;
        return last.Length == 0 ? "" : $": {last}";
    }
}
