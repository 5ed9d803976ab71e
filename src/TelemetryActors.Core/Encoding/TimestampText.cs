using System.Globalization;

namespace TelemetryActors.Encoding;

/// <summary>A line's first bytes, <c>{"ts":"2026-11-20T23:13:54.123456Z</c>: the second's text is kept, the microseconds are written.</summary>
/// <remarks>Not thread-safe: one per thread.</remarks>
internal sealed class TimestampText
{
    private const int SecondFrom = 7;
    private const int SecondDigits = 19;
    private const int MicrosFrom = SecondFrom + SecondDigits + 1;
    private const int MicroDigits = 6;

    private readonly Chunk _text = new("{\"ts\":\"0001-01-01T00:00:00.000000Z"u8);
    private long _second;

    public Chunk Of(DateTimeOffset instant)
    {
        var (second, ticks) = Math.DivRem(instant.UtcTicks, TimeSpan.TicksPerSecond);
        if (second != _second)
        {
            new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc)
                .TryFormat(_text.Padded.AsSpan(SecondFrom, SecondDigits), out _, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
            _second = second;
        }

        var text = _text.Padded;
        var micros = (uint)ticks / 10;
        for (var i = MicrosFrom + MicroDigits - 1; i >= MicrosFrom; i--)
        {
            (micros, var digit) = Math.DivRem(micros, 10u);
            text[i] = (byte)('0' + digit);
        }

        return _text;
    }
}
