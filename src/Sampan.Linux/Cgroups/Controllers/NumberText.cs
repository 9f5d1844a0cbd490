using System.Globalization;

namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Numbers as cgroup files take them.</summary>
internal static class NumberText
{
    public static string Text(this long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Text(this ulong value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Version 2 calls "no limit" <c>max</c>.</summary>
    public static string TextOrMax(this long value) => value < 0 ? "max" : value.Text();

    /// <summary>Null for the 0 of a caller that does not want to set anything.</summary>
    public static long? Given(this long? value) => value is 0 ? null : value;

    /// <summary>As the other one.</summary>
    public static ulong? Given(this ulong? value) => value is 0 ? null : value;
}
