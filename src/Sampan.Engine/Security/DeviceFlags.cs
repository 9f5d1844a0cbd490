using Sampan.Engine.Containers;
using Sampan.Engine.State;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Engine.Security;

/// <summary>Which devices a container has beside the default ones, and what its cgroup lets it do with them.</summary>
internal static class DeviceFlags
{
    /// <summary><c>--device host[:container[:rwm]]</c> as device nodes; a privileged container has all of the host's.</summary>
    /// <exception cref="EngineException">The host has no such device.</exception>
    public static IReadOnlyList<DeviceSpec> Resolve(ContainerOptions options)
    {
        List<DeviceSpec> devices = options.Privileged ? HostDevices.All() : [];
        foreach (string text in options.Devices)
        {
            string[] parts = text.Split(':');
            DeviceNode node = DeviceNode.Of(parts[0]) ?? throw new EngineException($"--device {parts[0]}: not a device");
            string target = parts.Length > 1 && parts[1].StartsWith('/') ? parts[1] : parts[0];
            devices.Add(new DeviceSpec(target, node.Type, node.Major, node.Minor, node.Mode) { HostPath = parts[0] });
        }
        return devices;
    }

    /// <summary>Everything denied, then the default devices and the given ones allowed; a privileged container may use all.</summary>
    public static IReadOnlyList<DeviceRule> Rules(ContainerOptions options, IReadOnlyList<DeviceSpec> devices)
    {
        if (options.Privileged) return [];
        List<DeviceRule> rules = [new(false, 'a', null, null, "rwm"), .. DeviceSpec.DefaultRules];
        for (int i = 0; i < devices.Count; i++)
        {
            string access = options.Devices[i].Split(':')[^1];
            bool given = access.Length > 0 && access.All(c => c is 'r' or 'w' or 'm');
            rules.Add(new DeviceRule(true, devices[i].Type, devices[i].Major, devices[i].Minor, given ? access : "rwm"));
        }
        return rules;
    }
}
