using System.Globalization;

namespace Sampan.Linux.Cgroups.Usage;

/// <summary>Shares of time in percent over the last 10, 60 and 300 seconds, and microseconds in all.</summary>
public sealed record PressureLine(double Average10, double Average60, double Average300, ulong TotalUs)
{
    internal static PressureLine None { get; } = new(0, 0, 0, 0);

    /// <summary>Reads <c>some avg10=0.00 avg60=0.00 avg300=0.00 total=0</c>.</summary>
    internal static PressureLine Parse(string line)
    {
        Dictionary<string, string> values = line.Split(' ').Skip(1).Select(static one => one.Split('=')).ToDictionary(static one => one[0], static one => one[1]);
        return new PressureLine(Average("avg10"), Average("avg60"), Average("avg300"), ulong.Parse(values["total"], CultureInfo.InvariantCulture));

        double Average(string name) => double.Parse(values[name], CultureInfo.InvariantCulture);
    }
}
