using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.S3;

/// <summary>The key of an object: <c>PREFIX/YYYY/MM/DD/DEVICE_TS_ID.log.gz</c>, all of its first event (S1.6).</summary>
/// <param name="Device">The device id.</param>
/// <param name="First">When the first event happened; its UTC day is the folder.</param>
/// <param name="Id">
/// The first event's id, or where it stands: when it has none that can be part of a name, when it came from elsewhere with an id that is not ours
/// to keep unique, and when a later event happened before it, so that the key's time says nothing of what is inside.
/// </param>
internal sealed record ObjectKey(string Device, DateTimeOffset First, string Id)
{
    private const string Suffix = ".log.gz";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'.'ffffff'Z'";
    private const string DayFormat = "yyyy'/'MM'/'dd'/'";
    private const int MaxIdLength = 64;

    // Threads take their time and append a moment later, not always in the same order.
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(1);

    /// <summary>The key of a batch: the same batch has the same key.</summary>
    public static ObjectKey Of(string device, SinkBatch batch, EventTimes? times)
    {
        var parsed = EventLine.TryParse(batch.Events().First(), out var first, out _);
        var isInOrder = parsed && (times?.Earliest ?? first.Timestamp).UtcTicks >= first.Timestamp.UtcTicks - Disorder.Ticks;
        var id = isInOrder && first.ReceivedTimestamp is null && first.Id is { } own && IsName(own) ? own : Place(batch.Start);
        return new ObjectKey(device, (parsed ? first.Timestamp : DateTimeOffset.UnixEpoch).ToUniversalTime(), id);
    }

    /// <summary>Reads a key; null when it is none of ours.</summary>
    public static ObjectKey? Parse(string prefix, string key)
    {
        if (!key.StartsWith(prefix, StringComparison.Ordinal) || !key.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return null;
        }

        var slash = key.LastIndexOf('/');
        var name = key[(slash + 1)..^Suffix.Length].Split('_', 3);
        return name.Length == 3
            && DateTimeOffset.TryParseExact(name[1], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var first)
            && new ObjectKey(name[0], first, name[2]) is var parsed && parsed.Text(prefix) == key
            ? parsed
            : null;
    }

    /// <summary>What the keys of a day begin with.</summary>
    public static string Folder(string prefix, DateTimeOffset day) => prefix + day.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>Whether an object with this key may hold events of before an instant.</summary>
    public bool MayReachBefore(DateTimeOffset instant) => IsPlace(Id) || First.UtcTicks - Disorder.Ticks < instant.UtcTicks;

    public string Text(string prefix) =>
        $"{Folder(prefix, First)}{Device}_{First.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}_{Id}{Suffix}";

    private static string Place(Cursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{cursor.Stream}-{cursor.Ordinal}");

    private static bool IsPlace(string id) =>
        id.Split('-') is [var stream, var ordinal] && StreamId.TryParse(stream, CultureInfo.InvariantCulture, out _) && ordinal.All(char.IsAsciiDigit);

    // Ids of other programs are any text.
    private static bool IsName(string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_');
}
