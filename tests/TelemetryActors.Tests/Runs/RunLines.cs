using System.Globalization;
using TelemetryActors.Encoding;

namespace TelemetryActors.Runs;

/// <summary>Lines of one run for specs, at seconds after its beginning.</summary>
internal static class RunLines
{
    public const string RunId = "20240115T103000Z-crawler-deadbeef";

    public static readonly DateTimeOffset Beginning = new(2024, 1, 15, 10, 30, 0, TimeSpan.Zero);

    public static EventLine Start(double second, string more = "") =>
        Line(second, "run_start", $$"""{"agent_name":"Crawler","job_type":"nightly"}""", more);

    public static EventLine Event(double second, string more = "") => Line(second, "checkpoint", "{}", more);

    public static EventLine Metrics(double second, string metrics, string more = "") =>
        Line(second, "run_metrics", $$"""{"metrics":{{metrics}}}""", more);

    public static EventLine End(double second, string status, string details = "", string more = "") =>
        Line(second, "run_end", $$"""{"status":"{{status}}"{{details}}}""", more);

    public static EventLine Line(double second, string name, string details, string more, string runId = RunId)
    {
        var ts = Beginning.AddSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = $$"""{"ts":"{{ts}}","event":"{{name}}","details":{{details}},"run_id":"{{runId}}"{{more}}}""";
        return EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var line, out var fault)
            ? line
            : throw new ArgumentException($"{text}: {fault}", nameof(details));
    }
}
