using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>Batches of events as a client stores them.</summary>
internal static class DiagnosticBatch
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static StreamId Stream { get; } = new(0xabc);

    /// <summary>Consecutive events, a second apart.</summary>
    public static SinkBatch Of(long first, int count, int filler = 0, DateTimeOffset? from = null, int slot = 1)
    {
        var noise = new Random((int)first);
        byte[] lines = [.. Enumerable.Range(0, count).SelectMany(index => Line(first + index, (from ?? Noon).AddSeconds(first + index), noise, filler))];
        return Of(first, count, lines, slot);
    }

    public static SinkBatch Of(long first, int count, byte[] lines, int slot = 1) =>
        new(slot, new Cursor(Stream, first * 1000, first), new Cursor(Stream, (first * 1000) + lines.Length, first + count), lines);

    private static byte[] Line(long number, DateTimeOffset at, Random noise, int filler)
    {
        var bytes = new byte[filler];
        noise.NextBytes(bytes);
        return System.Text.Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"ts\":\"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\",\"event\":\"test.event\",\"details\":{{\"n\":{number},\"noise\":\"{Convert.ToBase64String(bytes)}\"}},\"id\":\"Ab3dEf6hIjK-{number:D14}\"}}\n"));
    }
}
