namespace TelemetryActors.Cli.Output;

/// <summary>Rows under column titles, aligned; coloured on a terminal.</summary>
/// <remarks>Nothing is cut to a terminal's width: names and times stay in one piece, to be copied, and a long line goes on in the next.</remarks>
internal sealed class Listing(params string[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(PlainText.Of)]);

    public void Write()
    {
        using var writer = StandardOutput.OpenText();
        Write(writer, Terminal.HasColours);
    }

    public void Write(TextWriter writer, bool hasColours)
    {
        var widths = columns.Select((column, index) => _rows.Select(row => row[index].Length).Append(column.Length).Max()).ToArray();
        writer.WriteLine(Line(columns, widths, cell => hasColours && cell.Length > 0 ? CellStyle.Title : ""));
        foreach (var row in _rows)
        {
            writer.WriteLine(Line(row, widths, cell => hasColours ? CellStyle.Of(cell) : ""));
        }
    }

    private static string Line(string[] cells, int[] widths, Func<string, string> styleOf)
    {
        var last = Array.FindLastIndex(cells, cell => cell.Length > 0);
        return string.Join(Gap, cells.Take(last + 1).Select((cell, index) =>
            (styleOf(cell) is { Length: > 0 } style ? style + cell + CellStyle.Plain : cell) + new string(' ', index == last ? 0 : widths[index] - cell.Length)));
    }
}
