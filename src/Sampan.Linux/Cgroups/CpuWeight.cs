namespace Sampan.Linux.Cgroups;

/// <summary>Processor time relative to others: <c>cpu.weight</c> of version 2, 1 to 10000, 100 is usual.</summary>
public static class CpuWeight
{
    /// <summary>
    /// Of shares of version 1, 2 to 262144, 1024 is usual: on the curve through the ends and the usual values, quadratic in the
    /// logarithms, that runc and crun use too.
    /// </summary>
    public static ulong OfShares(ulong shares)
    {
        if (shares <= 2) return 1;
        if (shares >= 262144) return 10000;
        double log = Math.Log2(shares);
        double exponent = ((log * log) + (125 * log)) / 612.0 - 7.0 / 34.0;
        return (ulong)Math.Ceiling(Math.Pow(10, exponent));
    }
}
