namespace Sampan.Linux.Cgroups;

/// <summary>Whether tasks may use a device. Later rules win.</summary>
/// <param name="Type"><c>a</c> (all), <c>b</c> or <c>c</c>.</param>
/// <param name="Major">Null is any.</param>
/// <param name="Access">Of <c>r</c>, <c>w</c>, <c>m</c> (mknod).</param>
public sealed record DeviceRule(bool Allow, char Type, uint? Major, uint? Minor, string Access)
{
    /// <summary>As devices.allow and devices.deny take it: <c>c 1:3 rwm</c>.</summary>
    public override string ToString()
        => Type == 'a' ? "a" : $"{Type} {Major?.ToString() ?? "*"}:{Minor?.ToString() ?? "*"} {Access}";
}
