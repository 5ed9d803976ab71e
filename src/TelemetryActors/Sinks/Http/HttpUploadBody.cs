using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.Http;

/// <summary>The body of an upload: the stored lines, joined into one JSON object.</summary>
internal static class HttpUploadBody
{
    public static byte[] Of(SinkBatch batch)
    {
        var prefix = "{\"events\":["u8;
        var suffix = "]}"u8;
        var lines = batch.Lines.Span.TrimEnd((byte)'\n');
        var body = new byte[prefix.Length + lines.Length + suffix.Length];
        prefix.CopyTo(body);
        var events = body.AsSpan(prefix.Length, lines.Length);
        lines.CopyTo(events);

        // JSON has no line feed inside of a line, so each one stands between two events.
        events.Replace((byte)'\n', (byte)',');
        suffix.CopyTo(body.AsSpan(prefix.Length + lines.Length));
        return body;
    }
}
