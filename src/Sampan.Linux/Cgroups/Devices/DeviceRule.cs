using Sampan.Linux.Cgroups.Devices;

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

    /// <summary>The access as bits, BPF_DEVCG_ACC_* in linux/bpf.h.</summary>
    internal DeviceAccess Bits
    {
        get
        {
            DeviceAccess bits = DeviceAccess.None;
            foreach (char one in Access) bits |= one switch { 'r' => DeviceAccess.Read, 'w' => DeviceAccess.Write, 'm' => DeviceAccess.Make, _ => DeviceAccess.None };
            return bits;
        }
    }

    internal bool IsForAll => Type == 'a' && Major is null && Minor is null && Bits == DeviceAccess.All;
}
