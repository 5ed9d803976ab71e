using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;

namespace ChatAlerts;

/// <summary>A batch as one message: a line for each event that is worth it.</summary>
internal static class ChatMessage
{
    /// <summary>The request's body; null when the batch has nothing to tell.</summary>
    public static byte[]? Of(SinkBatch batch, ISet<string> levels)
    {
        List<string> lines = [];
        foreach (var bytes in batch.Events())
        {
            if (EventLine.TryParse(bytes, out var line, out _) && (levels.Count == 0 || levels.Contains(line.Level ?? "info")))
            {
                lines.Add($"{line.Level ?? "info"} {line.Event} {System.Text.Encoding.UTF8.GetString(line.Details.Span)}");
            }
        }

        return lines.Count == 0 ? null : JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["text"] = string.Join('\n', lines) });
    }
}
