using System.Globalization;

namespace TelemetryActors.Delivery;

/// <summary>The seconds of a <c>Retry-After</c>.</summary>
internal static class RetryAfterText
{
    /// <summary>Reads a header's value.</summary>
    /// <returns>How long to wait; a number beyond all bounds is the longest time, which whoever waits shortens. Null for what is no number.</returns>
    public static TimeSpan? Seconds(string? text) =>
        string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExceptInRange('0', '9') ? null
        : TimeSpan.FromSeconds(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : int.MaxValue);
}
