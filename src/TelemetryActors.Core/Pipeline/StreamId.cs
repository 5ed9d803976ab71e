using System.Globalization;

namespace TelemetryActors.Pipeline;

/// <summary>Names one stream of events: the ring and the part of the event log that one writer slot owns.</summary>
/// <remarks>Drawn at random when the stream begins, never reused; written as 16 hexadecimal digits.</remarks>
public readonly record struct StreamId(ulong Value) : ISpanParsable<StreamId>
{
    /// <summary>No stream.</summary>
    public static StreamId None => default;

    /// <summary>Reads the 16 hexadecimal digits.</summary>
    /// <exception cref="FormatException">They are anything else, of whatever length.</exception>
    public static StreamId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out var stream) ? stream : throw new FormatException("a stream is named by 16 hexadecimal digits");

    /// <inheritdoc />
    public static StreamId Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc />
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out StreamId result)
    {
        var parsed = ulong.TryParse(s, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        result = new StreamId(value);
        return parsed && s.Length == 16;
    }

    /// <inheritdoc />
    public static bool TryParse(string? s, IFormatProvider? provider, out StreamId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>The 16 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
