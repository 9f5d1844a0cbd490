using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Engine.Containers;

/// <summary>The host's device nodes, as a privileged container gets them.</summary>
internal static class HostDevices
{
    /// <summary>All under /dev but those that a container has of its own.</summary>
    public static List<DeviceSpec> All()
    {
        List<DeviceSpec> devices = [];
        Collect("/dev", devices);
        return devices;
    }

    private static void Collect(string directory, List<DeviceSpec> devices)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", Everything))
        {
            string path = entry.FullName;
            if (path is "/dev/pts" or "/dev/shm" or "/dev/mqueue" or "/dev/ptmx" or "/dev/console") continue;
            if (entry.LinkTarget is not null) continue; // shows to one of the others
            if (entry is DirectoryInfo) Collect(path, devices);
            else if (DeviceNode.Of(path) is { } node) devices.Add(new DeviceSpec(path, node.Type, node.Major, node.Minor, node.Mode));
        }
    }

    // devices come and go while they are listed
    private static EnumerationOptions Everything => new() { IgnoreInaccessible = true, AttributesToSkip = 0 };
}
