namespace TelemetryActors.Benchmarks.Tables;

/// <summary>A table in Markdown with aligned columns.</summary>
internal sealed class TextTable(string title, params string[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; one cell a column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes title, head and rows.</summary>
    public void WriteTo(TextWriter output)
    {
        int[] widths = [.. columns.Select((name, c) => _rows.Select(row => row[c].Length).Append(name.Length).Max())];
        output.WriteLine();
        output.WriteLine($"## {title}");
        WriteRow(output, columns, widths);
        output.WriteLine($"|{string.Join('|', widths.Select((w, c) => c == 0 ? new string('-', w + 2) : new string('-', w + 1) + ':'))}|");
        foreach (var row in _rows)
        {
            WriteRow(output, row, widths);
        }
    }

    private static void WriteRow(TextWriter output, string[] cells, int[] widths) =>
        output.WriteLine($"| {string.Join(" | ", cells.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])))} |");
}
