using TelemetryActors.Delivery;
using TelemetryActors.Encoding;

namespace TelemetryActors.Sinks.S3;

/// <summary>Between which instants the events of an object happened; in a log they need not stand in this order.</summary>
/// <param name="Earliest">When the earliest did.</param>
/// <param name="Latest">When the latest did.</param>
internal sealed record EventTimes(DateTimeOffset Earliest, DateTimeOffset Latest)
{
    /// <summary>Those of a batch; null when no line of it tells its time.</summary>
    public static EventTimes? Of(SinkBatch batch)
    {
        EventTimes? times = null;
        foreach (var bytes in batch.Events())
        {
            if (EventLine.TryParse(bytes, out var line, out _) && !(line.Timestamp >= times?.Earliest && line.Timestamp <= times.Latest))
            {
                times = new EventTimes(
                    line.Timestamp < times?.Earliest || times is null ? line.Timestamp : times.Earliest,
                    line.Timestamp > times?.Latest || times is null ? line.Timestamp : times.Latest);
            }
        }

        return times;
    }

    /// <summary>Whether one of these events may have happened in a time.</summary>
    public bool Meet(DateTimeOffset from, DateTimeOffset to) => Latest >= from && Earliest < to;
}
