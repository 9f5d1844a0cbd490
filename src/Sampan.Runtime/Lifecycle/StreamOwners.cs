using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Lifecycle;

/// <summary>Gives the three streams of a process to its user, who else could not open <c>/dev/stdout</c> again.</summary>
internal static class StreamOwners
{
    public static void Give(ContainerSpec spec, ProcessSpec process)
    {
        if (process.Terminal) return; // the terminal's slave is given to the user by the plan
        uint uid = process.User.Uid;
        if (spec.UidMappings.Count > 0)
        {
            if (spec.UidMappings.FirstOrDefault(map => uid >= map.ContainerId && uid - map.ContainerId < map.Size) is not { } map) return;
            uid = map.HostId + (uid - map.ContainerId);
        }
        foreach (Fd stream in new[] { Fd.StandardInput, Fd.StandardOutput, Fd.StandardError }) StandardOwner.Give(stream, uid);
    }
}
