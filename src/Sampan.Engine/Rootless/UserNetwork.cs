using Sampan.Engine.State;
using Sampan.Linux.Processes;
using Sampan.Networks;

namespace Sampan.Engine.Rootless;

/// <summary>The network of an ordinary user's container: a program of the user carries its traffic through sockets.</summary>
internal static class UserNetwork
{
    /// <summary>Connects the network namespace of a process by pasta(1), or by slirp4netns(1) where that is not installed; returns
    /// once its interface is configured and the ports are published.</summary>
    /// <returns>To be disposed when the container has ended: ends the program, which frees the ports.</returns>
    /// <exception cref="EngineException">Neither is installed, or it could not do it (a taken port, say).</exception>
    public static IDisposable Attach(int pid, IReadOnlyList<PublishedPort> ports, ContainerPaths paths)
    {
        foreach (PublishedPort port in ports)
        {
            if (port.Protocol == "sctp") throw new EngineException($"publish {port.ContainerPort}/sctp: an ordinary user's network has tcp and udp only");
            if (port.HostPort == 0) throw new EngineException($"publish {port.ContainerPort}: give the port of the host too; an ordinary user's network can not choose one");
        }

        if (ProgramPath.Find("pasta") is { } pasta) return PastaNetwork.Attach(pasta, pid, ports, paths.PastaPid);
        if (ProgramPath.Find("slirp4netns") is { } slirp) return SlirpNetwork.Attach(slirp, pid, ports, paths);
        throw new EngineException("network: an ordinary user needs pasta or slirp4netns for it, and neither is on the PATH; "
            + "hint: install the package passt or slirp4netns, or use --network none");
    }
}
