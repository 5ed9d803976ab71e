using System.Globalization;
using System.Text.Json;
using TelemetryActors.Events;

namespace TelemetryActors.Log;

/// <summary>Why the events right before a stretch of the log are in no file, and how many they are.</summary>
/// <param name="Reason">Overwritten in the ring while the log could not be written, or in doubt because the ring was lost.</param>
/// <param name="Gone">Events.</param>
internal readonly record struct LogGap(DropReason Reason, long Gone)
{
    private const string OverwrittenText = "overwritten";
    private const string InDoubtText = "in_doubt";

    private string ReasonText => Reason == DropReason.Overwritten ? OverwrittenText : InDoubtText;

    /// <summary>This, and what is missing right behind it, as one: in doubt where a part of it is.</summary>
    public LogGap And(LogGap next) => new(Reason == next.Reason ? Reason : DropReason.InDoubt, Gone + next.Gone);

    /// <summary>The members it adds to an anchor's details and to a stretch of the state.</summary>
    public string ToJsonMembers() => string.Create(CultureInfo.InvariantCulture, $",\"reason\":\"{ReasonText}\",\"gone\":{Gone}");

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("reason", ReasonText);
        json.WriteNumber("gone", Gone);
    }

    /// <summary>Null where nothing is said of a gap, or nothing that this version knows.</summary>
    public static LogGap? TryRead(JsonElement json) =>
        json.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String
        && json.TryGetProperty("gone", out var gone) && gone.TryGetInt64(out var events) && events > 0
            ? reason.GetString() switch
            {
                OverwrittenText => new LogGap(DropReason.Overwritten, events),
                InDoubtText => new LogGap(DropReason.InDoubt, events),
                _ => null,
            }
            : null;
}
