namespace TelemetryActors.Cli.Output;

/// <summary>What may be shown to whom: colours and progress are for terminals alone.</summary>
internal static class Terminal
{
    /// <summary>Whether standard output is a terminal that wants colours.</summary>
    public static bool HasColours { get; } = !Console.IsOutputRedirected && WantsColours();

    /// <summary>Whether progress can be shown on standard error.</summary>
    public static bool ShowsProgress { get; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    // https://no-color.org: any value but an empty one.
    private static bool WantsColours() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";
}
