namespace Sampan.Linux.Cgroups.Usage;

/// <summary>Pressure stall information of one resource, PSI in the kernel's documentation.</summary>
/// <param name="Some">Some tasks waited for it.</param>
/// <param name="Full">All did.</param>
public sealed record Pressure(PressureLine Some, PressureLine Full)
{
    /// <summary>Null where the kernel does not keep it.</summary>
    internal static Pressure? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        PressureLine some = PressureLine.None, full = PressureLine.None;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("some ", StringComparison.Ordinal)) some = PressureLine.Parse(line);
            else if (line.StartsWith("full ", StringComparison.Ordinal)) full = PressureLine.Parse(line);
        }

        return new Pressure(some, full);
    }
}
