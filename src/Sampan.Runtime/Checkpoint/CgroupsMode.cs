namespace Sampan.Runtime.Checkpoint;

/// <summary>What becomes of the settings of saved cgroups, criu(8) <c>--manage-cgroups</c>; numbers of <c>criu_cg_mode</c>.</summary>
public enum CgroupsMode
{
    Ignore = 0,
    Soft = 3,
    Full = 4,
    Strict = 5,
}
