using System.Globalization;

namespace TelemetryActors.Encoding;

/// <summary>Instants as <c>2026-11-20T23:13:54.123456Z</c>: the second's text is kept, the microseconds are written.</summary>
/// <remarks>Not thread-safe: one per thread.</remarks>
internal sealed class TimestampText
{
    /// <summary>Characters of an instant's text.</summary>
    public const int Width = 27;

    private const int MicrosecondDigits = 6;

    private readonly byte[] _text = "0001-01-01T00:00:00.000000Z"u8.ToArray();
    private long _second;

    public ReadOnlySpan<byte> Of(DateTimeOffset instant)
    {
        var (second, ticks) = Math.DivRem(instant.UtcTicks, TimeSpan.TicksPerSecond);
        if (second != _second)
        {
            new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc)
                .TryFormat(_text.AsSpan(0, 19), out _, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
            _second = second;
        }

        var micros = (uint)ticks / 10;
        for (var i = 19 + MicrosecondDigits; i > 19; i--)
        {
            (micros, var digit) = Math.DivRem(micros, 10u);
            _text[i] = (byte)('0' + digit);
        }

        return _text;
    }
}
