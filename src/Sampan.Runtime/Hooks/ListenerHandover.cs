using System.Text;
using System.Text.Json;
using Sampan.Linux.Errors;
using Sampan.Linux.Terminals;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;

namespace Sampan.Runtime.Hooks;

/// <summary>Hands the descriptor of a filter that notifies to the agent, runtime-spec config-linux.md "The Container Process State".</summary>
internal static class ListenerHandover
{
    private const string Version = "0.2.0";

    /// <summary>Does nothing for a process whose filter does not notify.</summary>
    public static void Send(ContainerProcess process, SeccompListener? listener, HookState container)
    {
        if (listener is null || process.SeccompListener is not { } descriptor) return;
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", Version);
            json.WriteStartArray("fds");
            json.WriteStringValue("seccompFd");
            json.WriteEndArray();
            json.WriteNumber("pid", process.Pid);
            json.WriteString("metadata", listener.Metadata);
            json.WritePropertyName("state");
            container.Write(json);
            json.WriteEndObject();
        }
        try
        {
            DescriptorPassing.SendTo(listener.Path, descriptor, Encoding.UTF8.GetString(buffer.ToArray()));
        }
        catch (SyscallException error)
        {
            throw new SpecException($"linux.seccomp.listenerPath: {listener.Path}: {error.Message}");
        }
    }
}
