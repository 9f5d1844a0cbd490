using Sampan.Linux.Errors;

namespace Sampan.Linux.Cgroups;

/// <summary>Writes settings into the directories of one cgroup.</summary>
/// <param name="path">The cgroup, for errors.</param>
/// <param name="folder">The directory that has a controller's files.</param>
internal sealed class CgroupSettings(string path, Func<CgroupSetting, CgroupFolder> folder)
{
    private readonly Stack<(string File, string Value)> _earlier = new();

    /// <summary>
    /// The kernel checks some values against others (memory against memory and swap, burst against quota), so that the right order
    /// depends on what is there: what is refused as invalid is tried again after the rest.
    /// </summary>
    /// <exception cref="IOException">The kernel refuses a value; those before it are as they were.</exception>
    public void Write(IEnumerable<CgroupSetting> settings)
    {
        List<CgroupSetting> refused = [];
        try
        {
            foreach (CgroupSetting one in settings)
            {
                try
                {
                    Write(one);
                }
                catch (SyscallException e) when (e.Errno == Errno.EINVAL)
                {
                    refused.Add(one);
                }
            }

            foreach (CgroupSetting one in refused) Write(one);
        }
        catch (IOException e)
        {
            TakeBack();
            throw e is SyscallException ? new IOException($"cgroup {path}: {e.Message}", e) : e;
        }
    }

    private void Write(CgroupSetting setting)
    {
        string directory = folder(setting).Directory;
        string file = $"{directory}/{setting.File}";
        if (!File.Exists(file))
        {
            if (setting.Otherwise is { } other && File.Exists($"{directory}/{other.File}")) Write(other);
            else if (!setting.IsOptional) throw Missing(setting, folder(setting));
            return;
        }

        string? earlier = CgroupFiles.ReadIfExists(file);
        CgroupFiles.Write(file, setting.Value);
        // lists by device can not be written back as they are read
        if (earlier is { Length: > 0 } && !earlier.AsSpan().ContainsAny('\n', '=')) _earlier.Push((file, earlier));
    }

    private void TakeBack()
    {
        while (_earlier.TryPop(out (string File, string Value) one))
        {
            try
            {
                CgroupFiles.Write(one.File, one.Value);
            }
            catch (SyscallException)
            {
                // the first error is the one that counts
            }
        }
    }

    private IOException Missing(CgroupSetting setting, CgroupFolder where)
    {
        string name = setting.Controller;
        string[] passed = CgroupFiles.ReadIfExists($"{where.Directory}/cgroup.controllers")?.Split(' ') ?? [];
        return where.Hierarchy.IsV2 && name != "cgroup" && !passed.Contains(name)
            ? new($"cgroup {path}: {setting.File}: the controller {name} is not passed on to this cgroup; "
                + "hint: a parent has processes of its own, or is not delegated")
            : new($"cgroup {path}: {setting.File}: this kernel's controller {name} does not have it");
    }
}
