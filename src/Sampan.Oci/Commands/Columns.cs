namespace Sampan.Oci.Commands;

/// <summary>A table as runc prints it, which scripts cut by its columns: each at least 12 wide, with 3 spaces behind the longest cell.</summary>
internal static class Columns
{
    private const int NarrowestColumn = 12;
    private const int Space = 3;

    public static void Write(TextWriter output, IReadOnlyList<string[]> rows)
    {
        int[] widths = new int[rows[0].Length];
        foreach (string[] row in rows)
            for (int i = 0; i < widths.Length; i++) widths[i] = Math.Max(widths[i], Math.Max(NarrowestColumn, row[i].Length + Space));
        foreach (string[] row in rows)
            output.WriteLine(string.Concat(row.Select((cell, i) => i == row.Length - 1 ? cell : cell.PadRight(widths[i]))));
    }
}
