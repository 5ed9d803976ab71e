namespace TelemetryActors.Cli.Output;

/// <summary>Colours of the words that say how something stands.</summary>
internal static class CellStyle
{
    public const string Title = "\e[1m";
    public const string Plain = "\e[0m";

    private const string Red = "\e[31m";
    private const string Green = "\e[32m";
    private const string Yellow = "\e[33m";
    private const string Grey = "\e[90m";

    /// <summary>The sequence that begins the colour of a word; empty for any other word.</summary>
    public static string Of(string cell) => cell switch
    {
        "success" or "closed" or "ok" => Green,
        "running" or "probing" or "paused" or "held" or "partial" => Yellow,
        "failed" or "timeout" or "abandoned" or "open" or "misconfigured" or "fault" => Red,
        "cancelled" => Grey,
        _ => "",
    };
}
