using System.Globalization;
using Sampan.Engine.State;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Networks;
using PidFds = Sampan.Linux.Events.PidFd;

namespace Sampan.Engine.Rootless;

/// <summary>The network of an ordinary user's container: pasta(1) carries its traffic through sockets of the user.</summary>
internal sealed class PastaNetwork : IDisposable
{
    private static readonly string[] s_folders = ["/usr/bin", "/usr/local/bin", "/bin", "/run/current-system/sw/bin"];

    private readonly Fd? _process;

    private PastaNetwork(Fd? process) => _process = process;

    /// <summary>Connects the network namespace of a process; returns once its interface is configured.</summary>
    /// <param name="pidFile">Where pasta leaves its process id.</param>
    /// <exception cref="EngineException">pasta is not installed, or could not do it (a taken port, say).</exception>
    public static PastaNetwork Attach(int pid, IReadOnlyList<PublishedPort> ports, string pidFile)
    {
        string program = Array.Find(Array.ConvertAll(s_folders, folder => $"{folder}/pasta"), File.Exists)
            ?? throw new EngineException("network: an ordinary user needs pasta for it; hint: install the package passt, or use --network none");
        using Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadWrite);
        string log = pidFile + ".log";
        Dictionary<int, Fd> descriptors = new() { [0] = nothing, [1] = nothing, [2] = nothing };
        // it goes to the background by itself, once everything is configured
        ExitStatus status = Spawn.Start(program, Arguments(program, pid, ports, pidFile, log), [], descriptors, newSession: true).Wait();
        if (!status.Success) throw new EngineException($"network: pasta ended with {status}{Reason(log)}");
        int daemon = int.Parse(File.ReadAllText(pidFile).Trim(), CultureInfo.InvariantCulture);
        return new PastaNetwork(OpenIfRuns(daemon));
    }

    /// <summary>Ends pasta, which also frees the published ports.</summary>
    public void Dispose()
    {
        if (_process is null) return;
        PidFds.TrySignal(_process, SignalNumber.Terminate);
        _process.Dispose();
    }

    private static List<string> Arguments(string program, int pid, IReadOnlyList<PublishedPort> ports, string pidFile, string log)
    {
        List<string> arguments =
        [
            program, "--config-net", "--quiet", "--log-file", log, "--pid", pidFile, "--netns", $"/proc/{pid}/ns/net", "--ns-ifname", "eth0",
            // no way from the container to services on the host's loopback
            "--no-map-gw", "--tcp-ns", "none", "--udp-ns", "none",
        ];
        foreach (PublishedPort port in ports)
            if (port.Protocol == "sctp") throw new EngineException($"publish {port.ContainerPort}/sctp: an ordinary user's network has tcp and udp only");
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
            if (port.HostPort == 0) throw new EngineException($"publish {port.ContainerPort}: give the port of the host too; an ordinary user's network can not choose one");
            arguments.Add(option);
            string address = port.HostAddress is { } host ? $"{host}/" : "";
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"{address}{port.HostPort}:{port.ContainerPort}"));
        }

        if (arguments.Count == before) arguments.AddRange([option, "none"]);
    }

    private static Fd? OpenIfRuns(int pid)
    {
        try
        {
            return PidFds.Open(pid);
        }
        catch (SyscallException e) when (e.Errno == Errno.ESRCH)
        {
            return null; // ended with the container already
        }
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
