using System.Text;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Lifecycle;

/// <summary>
/// A container's own notification socket, sd_notify(3). The service manager's is not shown to it: it gets one in its state folder,
/// and only the word that it is ready is passed on.
/// </summary>
public sealed class NotifySocket : IDisposable
{
    private const string FolderInContainer = "/run/notify";
    private const string Name = "notify.sock";
    private const string Ready = "READY=1";

    private readonly string _host;

    private NotifySocket(string host, Fd descriptor)
    {
        _host = host;
        Descriptor = descriptor;
    }

    /// <summary>Readable when the container has said something.</summary>
    public Fd Descriptor { get; }

    /// <summary>Makes the folder of the socket in a state folder, and shows it to the container.</summary>
    internal static ContainerSpec Prepare(ContainerSpec spec, string stateDirectory)
    {
        string folder = FolderOf(stateDirectory);
        Directory.CreateDirectory(folder, (UnixFileMode)0x1ED); // 0755: the container's user goes through it
        return spec with
        {
            Mounts = [.. spec.Mounts, new MountSpec(FolderInContainer, "bind", folder, ["bind", "nosuid", "noexec", "nodev", "ro"])],
            Process = spec.Process! with { Environment = [.. spec.Process.Environment, $"NOTIFY_SOCKET={FolderInContainer}/{Name}"] },
        };
    }

    /// <summary>Makes the socket, before the container's command is executed; null for a container that has none.</summary>
    /// <param name="host">The caller's <c>NOTIFY_SOCKET</c>, or null.</param>
    internal static NotifySocket? Open(string stateDirectory, string? host)
    {
        string folder = FolderOf(stateDirectory);
        if (string.IsNullOrEmpty(host) || !Directory.Exists(folder)) return null;
        File.Delete($"{folder}/{Name}");
        return new NotifySocket(host, DatagramSocket.Bind(folder, Name));
    }

    /// <summary>Reads what the container has said, and passes on that it is ready.</summary>
    /// <param name="mainPid">Told to the service manager, when this process is about to end; else 0.</param>
    /// <returns>Whether it is ready.</returns>
    public bool Forward(int mainPid = 0)
    {
        byte[] buffer = new byte[4096];
        int count;
        while ((count = Streams.Read(Descriptor, buffer)) > 0)
        {
            if (!Encoding.UTF8.GetString(buffer, 0, count).Split('\n').Contains(Ready)) continue;
            DatagramSocket.Send(_host, mainPid == 0 ? Ready : $"MAINPID={mainPid}\n{Ready}");
            return true;
        }
        return false;
    }

    /// <summary>Waits until the container is ready, or has ended.</summary>
    public void WaitUntilReady(Fd process, int pid)
    {
        using Epoll epoll = new();
        epoll.Add(Descriptor, EpollEvents.Readable, 0);
        epoll.Add(process, EpollEvents.Readable, 1);
        Span<EpollEvent> events = stackalloc EpollEvent[2];
        while (true)
        {
            int count = epoll.Wait(events, -1);
            for (int i = 0; i < count; i++)
            {
                if (events[i].Token == 1 || Forward(pid)) return;
            }
        }
    }

    public void Dispose() => Descriptor.Dispose();

    private static string FolderOf(string stateDirectory) => $"{stateDirectory}/notify";
}
