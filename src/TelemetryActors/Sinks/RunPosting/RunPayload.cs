using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Sinks.RunPosting;

/// <summary>The JSON of one finished run (S4.10, U.1), from its end line alone, so that a repeated post is the same bytes (docs/file-formats.md).</summary>
internal static class RunPayload
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Anyone may have written an end: what no 64 bits hold is told as unknown, and no instant is so long before another.
    private const double MostMilliseconds = 9223372036854775808;
    private const double BeyondAllTime = 9e14;

    private static readonly string[] Items = ["items_discovered", "items_succeeded", "items_failed"];

    /// <summary>Writes the payload; null when the line ends no run, or its status cannot be read.</summary>
    /// <param name="line">A line of the log.</param>
    /// <param name="key">The same for each post of this end.</param>
    public static byte[]? TryWrite(in EventLine line, out string? key)
    {
        key = null;
        if (!line.EventIs("run_end"u8) || line.RunId is not { } id)
        {
            return null;
        }

        var state = new RunState(id);
        if (state.Apply(line) != RunChange.Ended)
        {
            return null;
        }

        using var details = RunDetails.Of(line);
        var run = state.ToRecord();
        key = run.Labels.GetValueOrDefault("event_id") ?? line.Id ?? id;
        return Write(run, key, details.Text(RunEvents.StartTime));
    }

    private static byte[] Write(RunRecord run, string key, string? startText)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteString("event_id", key);
            json.WriteString("run_id", run.RunId);
            json.WriteString("agent_name", run.AgentName);
            json.WriteString("job_type", run.JobType);
            json.WriteString("status", run.Status.ToText());
            json.WriteString("start_time", StartOf(run, startText) is { } start ? InstantText.Format(start) : null);
            json.WriteString("end_time", InstantText.Format(run.EndTime ?? run.LastHeardOf));
            WriteDuration(json, run, startText);
            foreach (var name in Items)
            {
                WriteItems(json, name, run.Metrics);
            }

            json.WriteString(RunEvents.InputSummary, run.InputSummary);
            json.WriteString(RunEvents.OutputSummary, run.OutputSummary);
            json.WriteString(RunEvents.ErrorSummary, run.ErrorSummary);
            WriteMetrics(json, run);
            foreach (var (name, text) in run.Labels.Where(label => label.Key != "event_id").OrderBy(label => label.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // An end that someone else wrote, for a dead process or another program, says less: then the run's id tells its second.
    private static DateTimeOffset? StartOf(RunRecord run, string? startText) =>
        InstantText.TryParse(startText, out var told) ? told
        : RunId.TryParse(run.RunId, out var id, out _) ? id.StartedAt
        : run is { EndTime: { } end, DurationMs: { } duration } ? Before(end, duration)
        : null;

    // Nothing when that was before all time.
    private static DateTimeOffset? Before(DateTimeOffset end, double milliseconds)
    {
        var duration = TimeSpan.FromMilliseconds(Math.Min(milliseconds, BeyondAllTime));
        return duration <= end - DateTimeOffset.MinValue ? end - duration : null;
    }

    private static void WriteDuration(Utf8JsonWriter json, RunRecord run, string? startText)
    {
        var duration = run.DurationMs ?? (StartOf(run, startText) is { } start && run.EndTime is { } end ? Math.Max(0, (end - start).TotalMilliseconds) : null);
        if (duration is { } milliseconds and < MostMilliseconds)
        {
            json.WriteNumber(RunEvents.DurationMs, (long)Math.Round(milliseconds));
        }
        else
        {
            json.WriteNull(RunEvents.DurationMs);
        }
    }

    // Null for a run that never said: zero would be a result.
    private static void WriteItems(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, MetricValue> metrics)
    {
        if (metrics.TryGetValue(name, out var items) && items.Text is null)
        {
            json.WriteNumber(name, items.Number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteMetrics(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject(RunEvents.Metrics);
        foreach (var (name, value) in run.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
        {
            if (value.Text is { } text)
            {
                json.WriteString(name, text);
            }
            else
            {
                json.WriteNumber(name, value.Number);
            }
        }

        json.WriteEndObject();
    }
}
