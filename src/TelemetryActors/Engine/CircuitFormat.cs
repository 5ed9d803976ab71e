using System.Text.Json;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>A circuit as JSON: of a sink, and of the event log.</summary>
internal static class CircuitFormat
{
    public static void Write(Utf8JsonWriter json, CircuitRecord circuit)
    {
        json.WriteStartObject("circuit");
        json.WriteString("state", circuit.State.ToString().ToLowerInvariant());
        if (circuit.OpenUntil is { } until)
        {
            json.WriteString("open_until", until.UtcDateTime);
        }

        json.WriteNumber("failures_in_a_row", circuit.FailuresInARow);
        json.WriteNumber("openings_in_a_row", circuit.OpeningsInARow);
        json.WriteBoolean("misconfigured", circuit.IsMisconfigured);
        if (circuit.Cause is { } cause)
        {
            json.WriteString("cause", cause);
        }

        json.WriteEndObject();
    }

    public static CircuitRecord Read(JsonElement json) => new()
    {
        State = Enum.TryParse<CircuitState>(json.GetProperty("state").GetString(), ignoreCase: true, out var state) && Enum.IsDefined(state)
            ? state
            : throw new FormatException("a circuit in no known state"),
        OpenUntil = json.TryGetProperty("open_until", out var until) ? until.GetDateTimeOffset() : null,
        FailuresInARow = json.GetProperty("failures_in_a_row").GetInt32(),
        OpeningsInARow = json.GetProperty("openings_in_a_row").GetInt32(),
        IsMisconfigured = json.GetProperty("misconfigured").GetBoolean(),
        Cause = json.TryGetProperty("cause", out var cause) ? cause.GetString() : null,
    };
}
