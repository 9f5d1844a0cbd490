namespace Sampan.Linux.Resctrl;

/// <summary>What a group is to get, runtime-spec config-linux.md "IntelRdt".</summary>
/// <param name="Name">Of the class of service; <c>/</c> is the machine's default one.</param>
/// <param name="Schemata">Lines such as <c>L3:0=ff;1=f0</c> or <c>MB:0=50</c>, in the order of writing.</param>
/// <param name="MonitoringGroup">A name for a monitoring group in the class, or null for none.</param>
public sealed record ResctrlSettings(string Name, IReadOnlyList<string> Schemata, string? MonitoringGroup)
{
    /// <summary>The class has to be there already: nothing says what a new one would be.</summary>
    public bool MustExist { get; init; }
}
