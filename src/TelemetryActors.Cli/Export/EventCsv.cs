using System.Globalization;
using System.Text;
using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Export;

/// <summary>Events as CSV by RFC 4180: a row of names, CRLF, quotes where they are needed.</summary>
/// <remarks>A text that a spreadsheet would take for a formula gets an apostrophe before it: what an event says must not run on its reader's machine.</remarks>
internal static class EventCsv
{
    private const string Names = "ts,event,level,agent,session_id,user_id,run_id,run_seq,id,weight,received_ts,details";
    private const string LineEnd = "\r\n";

    public static void Write(Stream output, IEnumerable<EventLine> lines)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(false), 16 * 1024, leaveOpen: true) { NewLine = LineEnd };
        writer.WriteLine(Names);
        foreach (var line in lines)
        {
            writer.WriteLine(string.Join(',', Cells(line).Select(Cell)));
        }
    }

    /// <summary>One cell.</summary>
    public static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny("\",\r\n'") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string?[] Cells(in EventLine line) =>
    [
        InstantText.FormatWhole(line.Timestamp), line.Event, line.Level, line.Agent, line.SessionId, line.UserId, line.RunId,
        line.RunSequence?.ToString(CultureInfo.InvariantCulture), line.Id, line.Weight == 1 ? null : line.Weight.ToString(CultureInfo.InvariantCulture),
        line.ReceivedTimestamp is { } received ? InstantText.FormatWhole(received) : null, System.Text.Encoding.UTF8.GetString(line.Details.Span),
    ];
}
