using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Export;

/// <summary>Events as one JSON list, each as it stands in the log, on a line of its own.</summary>
internal static class EventJson
{
    public static void Write(Stream output, IEnumerable<EventLine> lines)
    {
        output.Write("["u8);
        var isFirst = true;
        foreach (var line in lines)
        {
            output.Write(isFirst ? "\n"u8 : ",\n"u8);
            output.Write(line.Bytes.Span);
            isFirst = false;
        }

        output.Write("\n]\n"u8);
    }
}
