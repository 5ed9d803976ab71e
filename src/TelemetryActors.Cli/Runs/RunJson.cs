using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Cli.Runs;

/// <summary>A run as JSON.</summary>
internal static class RunJson
{
    public static void Write(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject();
        json.WriteString("run_id", run.RunId);
        json.WriteString("agent", run.AgentName);
        json.WriteString("job", run.JobType);
        json.WriteString("status", run.Status.ToText());
        json.WriteString("started", run.StartTime is { } start ? InstantText.FormatWhole(start) : null);
        json.WriteString("ended", run.EndTime is { } end ? InstantText.FormatWhole(end) : null);
        if (run.DurationMs is { } milliseconds)
        {
            json.WriteNumber("duration_ms", milliseconds);
        }
        else
        {
            json.WriteNull("duration_ms");
        }

        json.WriteNumber("events", run.EventCount);
        json.WriteString("error", run.ErrorSummary);
        json.WriteStartObject("labels");
        foreach (var (name, value) in run.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("metrics");
        foreach (var (name, value) in run.Metrics)
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
        json.WriteEndObject();
    }
}
