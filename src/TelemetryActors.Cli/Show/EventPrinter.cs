using TelemetryActors.Cli.Output;
using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Show;

/// <summary>Writes events to standard output: for people, or as the log's own lines.</summary>
internal sealed class EventPrinter(bool asJson) : IDisposable
{
    private readonly StreamWriter _writer = StandardOutput.OpenText();

    public void Print(IEnumerable<EventLine> lines)
    {
        foreach (var line in lines)
        {
            _writer.WriteLine(asJson
                ? System.Text.Encoding.UTF8.GetString(line.Bytes.Span)
                : EventText.Of(line, Terminal.HasColours));
        }

        _writer.Flush();
    }

    public void Dispose() => _writer.Dispose();
}
