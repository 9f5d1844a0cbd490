using Sampan.Engine.State;

namespace Sampan.Engine.Containers;

/// <summary>Kernel parameters that belong to one of the container's namespaces; all others would change the host.</summary>
internal static class NamespacedSysctl
{
    /// <summary>Reads <c>key=value</c> of <c>--sysctl</c>.</summary>
    /// <exception cref="EngineException">Not of that form, or the parameter is the host's.</exception>
    public static Dictionary<string, string> Read(ContainerOptions options)
    {
        Dictionary<string, string> result = [];
        foreach (string setting in options.Sysctls)
        {
            int equals = setting.IndexOf('=');
            if (equals <= 0) throw new EngineException($"sysctl {setting}: expected name=value");
            string key = setting[..equals];
            if (key.StartsWith("net.", StringComparison.Ordinal) && options.Network == "host")
                throw new EngineException($"sysctl {key}: would change the host, whose network the container uses");
            if (!IsNamespaced(key)) throw new EngineException($"sysctl {key}: is not of a namespace, it would change the host; allowed: net.*, kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.*");
            result[key] = setting[(equals + 1)..];
        }

        return result;
    }

    private static bool IsNamespaced(string key)
    {
        // a slash would be a way around the prefix: fs.mqueue./../../kernel/...
        if (key.Contains('/') || key.Contains("..", StringComparison.Ordinal)) return false;
        return key is "kernel.sem" or "kernel.shm_rmid_forced"
            || key.StartsWith("net.", StringComparison.Ordinal)
            || key.StartsWith("kernel.shm", StringComparison.Ordinal)
            || key.StartsWith("kernel.msg", StringComparison.Ordinal)
            || key.StartsWith("fs.mqueue.", StringComparison.Ordinal);
    }
}
