namespace Sampan.Cli.Output;

/// <summary>Aligned columns, one line per row, never wrapped: <c>sampan ps | awk</c> must find a row on one line.</summary>
internal sealed class Table(params string[] headings)
{
    private const int Gap = 3;
    private readonly List<string[]> _rows = [headings];

    /// <summary>Adds a row; what it holds is made harmless to a terminal.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length) throw new ArgumentException($"{cells.Length} cells for {headings.Length} columns", nameof(cells));
        _rows.Add(Array.ConvertAll(cells, PlainText.Of));
    }

    public void Write(TextWriter output)
    {
        var widths = new int[headings.Length];
        foreach (string[] row in _rows)
            for (int i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < row.Length - 1; i++) output.Write(row[i].PadRight(widths[i] + Gap));
            output.Write(row[^1] + "\n");
        }
    }
}
