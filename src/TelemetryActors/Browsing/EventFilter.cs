using System.Buffers;
using TelemetryActors.Encoding;
using TelemetryActors.Log;

namespace TelemetryActors.Browsing;

/// <summary>Which events of the log are asked for.</summary>
internal sealed class EventFilter
{
    // Texts of these are in the line as they are; others may be escaped there.
    private static readonly SearchValues<char> NeverEscaped =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-: ");

    private readonly byte[][] _contained;

    /// <param name="run">The run's id; null for all.</param>
    /// <param name="eventName">The event's name; null for all.</param>
    /// <param name="since">The oldest instant; null for all.</param>
    public EventFilter(string? run = null, string? eventName = null, DateTimeOffset? since = null)
    {
        Run = run;
        EventName = eventName;
        Since = since;
        _contained =
        [
            .. new[] { run, eventName }
                .Where(text => text is not null && text.AsSpan().IndexOfAnyExcept(NeverEscaped) < 0)
                .Select(text => System.Text.Encoding.UTF8.GetBytes(text!)),
        ];
    }

    public static EventFilter All { get; } = new();

    public string? Run { get; }

    public string? EventName { get; }

    public DateTimeOffset? Since { get; }

    /// <summary>Whether a file can hold what is asked for: a daily one older than the oldest instant cannot.</summary>
    public bool MayHold(LogPart part) =>
        Since is not { } since || part.Name.Date is not { } day || day >= DateOnly.FromDateTime(since.UtcDateTime);

    /// <summary>Looks at one line without its line feed.</summary>
    public LineVerdict Judge(ReadOnlyMemory<byte> bytes, out EventLine line)
    {
        line = default;
        foreach (var text in _contained)
        {
            if (bytes.Span.IndexOf(text) < 0)
            {
                return LogAnchor.LooksLikeEvent(bytes.Span) ? LineVerdict.Other : LineVerdict.Garbage;
            }
        }

        if (!EventLine.TryParse(bytes, out line, out _))
        {
            return LineVerdict.Garbage;
        }

        var isWanted = !line.IsAnchor
            && (Since is not { } since || line.Timestamp >= since)
            && (EventName is null || line.Event == EventName)
            && (Run is null || line.RunId == Run);
        return isWanted ? LineVerdict.Wanted : LineVerdict.Other;
    }
}
