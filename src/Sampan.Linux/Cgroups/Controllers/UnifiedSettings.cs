namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Files of version 2 by name, whatever their controller.</summary>
internal static class UnifiedSettings
{
    /// <exception cref="IOException">The controller is not one of version 2 here: nothing is passed over.</exception>
    public static IEnumerable<CgroupSetting> Of(CgroupLayout layout, CgroupResources limits)
    {
        foreach ((string file, string value) in limits.Unified)
        {
            string controller = file.Split('.')[0];
            if (file.Contains('/') || controller.Length is 0 || controller.Length == file.Length)
                throw new IOException($"unified {file}: not the name of a cgroup file, such as memory.high");
            if (layout.V2Root is null) throw new IOException($"unified {file}: this machine has only cgroup version 1");
            if (layout.IsOnV1(controller)) throw new IOException($"unified {file}: the controller {controller} is one of version 1 on this machine");
            // some files take one line with each write
            foreach (string line in value.Split('\n', StringSplitOptions.RemoveEmptyEntries)) yield return new(controller, file, line);
        }
    }
}
