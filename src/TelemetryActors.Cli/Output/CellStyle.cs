using Spectre.Console;

namespace TelemetryActors.Cli.Output;

/// <summary>Colours of the words that say how something stands.</summary>
internal static class CellStyle
{
    public static Style Of(string cell) => cell switch
    {
        "success" or "closed" or "ok" => new Style(Color.Green),
        "running" or "probing" or "paused" or "partial" => new Style(Color.Yellow),
        "failed" or "timeout" or "abandoned" or "open" or "misconfigured" or "fault" => new Style(Color.Red),
        "cancelled" => new Style(Color.Grey),
        _ => Style.Plain,
    };
}
