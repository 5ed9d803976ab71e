using Spectre.Console;

namespace TelemetryActors.Cli.Output;

/// <summary>Rows under column titles: a table on a terminal, aligned text elsewhere.</summary>
internal sealed class Listing(params string[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(PlainText.Of)]);

    public void Write()
    {
        if (Terminal.HasColours)
        {
            WriteTable();
        }
        else
        {
            WriteAligned();
        }
    }

    private void WriteTable()
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            // Names and times stay in one piece, to be copied; the last column takes what width is left.
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))) { NoWrap = column != columns[^1] });
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell, CellStyle.Of(cell))));
        }

        AnsiConsole.Write(table);
    }

    private void WriteAligned()
    {
        var widths = columns.Select((column, index) => _rows.Select(row => row[index].Length).Append(column.Length).Max()).ToArray();
        using var writer = StandardOutput.OpenText();
        foreach (var row in _rows.Prepend(columns))
        {
            writer.WriteLine(string.Join(Gap, row.Select((cell, index) => cell.PadRight(widths[index]))).TrimEnd());
        }
    }
}
