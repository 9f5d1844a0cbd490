using System.Globalization;

namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Block devices: shares of what they give, and limits of bytes and operations a second.</summary>
internal static class BlockIoController
{
    private static readonly string[] s_v1Files =
    [
        "blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device",
        "blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device",
    ];

    private static readonly string[] s_v2Keys = ["rbps", "wbps", "riops", "wiops"];

    public static IEnumerable<CgroupSetting> V1(CgroupResources limits)
    {
        if (limits.BlkioWeight is > 0 and { } weight) yield return Bfq("weight", Text($"{weight}"));
        if (limits.BlkioLeafWeight is > 0 and { } leaf) yield return new("blkio", "blkio.leaf_weight", Text($"{leaf}"));
        foreach (DeviceWeight device in limits.BlkioDeviceWeights)
        {
            if (device.Weight is { } one) yield return Bfq("weight_device", Text($"{device.Major}:{device.Minor} {one}"));
            if (device.LeafWeight is > 0 and { } two) yield return new("blkio", "blkio.leaf_weight_device", Text($"{device.Major}:{device.Minor} {two}"));
        }

        foreach (ThrottledDevice device in limits.BlkioThrottles)
            yield return new("blkio", s_v1Files[(int)device.Kind], Text($"{device.Major}:{device.Minor} {device.Rate}"));

        // the file without "bfq" is that of the scheduler of kernels before 5.0
        static CgroupSetting Bfq(string file, string value) => new("blkio", $"blkio.bfq.{file}", value) { Otherwise = new("blkio", $"blkio.{file}", value) };
    }

    public static IEnumerable<CgroupSetting> V2(CgroupResources limits)
    {
        if (limits.BlkioLeafWeight is > 0 || limits.BlkioDeviceWeights.Any(device => device.LeafWeight is > 0))
            throw Controller.OnlyOnV1("blockIO: a leaf weight");
        if (limits.BlkioWeight is > 0 and { } weight) yield return Weight("", weight);
        foreach (DeviceWeight device in limits.BlkioDeviceWeights)
        {
            if (device.Weight is { } one) yield return Weight(Text($"{device.Major}:{device.Minor} "), one);
        }

        foreach (ThrottledDevice device in limits.BlkioThrottles)
        {
            string rate = device.Rate == 0 ? "max" : device.Rate.Text();
            yield return new("io", "io.max", Text($"{device.Major}:{device.Minor} {s_v2Keys[(int)device.Kind]}={rate}"));
        }

        static CgroupSetting Weight(string device, ushort weight) => new("io", "io.bfq.weight", Text($"{device}{weight}"))
        {
            Otherwise = new("io", "io.weight", Text($"{device}{OnIoWeight(weight)}")),
        };
    }

    /// <summary>The weights of version 1 (10 to 1000), as <c>io.bfq.weight</c> has them too, on the range of <c>io.weight</c> (1 to 10000).</summary>
    internal static ulong OnIoWeight(ushort weight) => 1 + ((ulong)Math.Clamp(weight, (ushort)10, (ushort)1000) - 10) * 9999 / 990;

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
