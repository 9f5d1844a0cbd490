namespace Sampan.Linux.Cgroups;

/// <summary>One value for one file of one controller.</summary>
internal sealed record CgroupSetting(string Controller, string File, string Value)
{
    /// <summary>Nothing is lost where the kernel has no such file.</summary>
    public bool IsOptional { get; init; }

    /// <summary>What is written instead where the kernel has no such file.</summary>
    public CgroupSetting? Otherwise { get; init; }
}
