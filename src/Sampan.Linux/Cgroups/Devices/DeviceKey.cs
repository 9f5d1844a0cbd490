namespace Sampan.Linux.Cgroups.Devices;

/// <summary>Which devices are meant; null is any number.</summary>
internal readonly record struct DeviceKey(char Type, uint? Major, uint? Minor)
{
    /// <summary>Whether some device is in both.</summary>
    public bool Meets(DeviceKey other) => Type == other.Type && Meets(Major, other.Major) && Meets(Minor, other.Minor);

    public bool IsWithin(DeviceKey whole) =>
        Type == whole.Type && (whole.Major is null || Major == whole.Major) && (whole.Minor is null || Minor == whole.Minor);

    /// <summary>As devices.allow takes it, without the access.</summary>
    public override string ToString() => $"{Type} {Major?.ToString() ?? "*"}:{Minor?.ToString() ?? "*"}";

    private static bool Meets(uint? a, uint? b) => a is null || b is null || a == b;
}
