using TelemetryActors.Encoding;

namespace TelemetryActors.Slots;

/// <summary>Which runs of a dead process are open behind what its stranded ring says: what stands there opens again those that were given up meanwhile.</summary>
/// <param name="writer">The instance of the process; null when it is not known, and then all runs that number their events count as its own.</param>
internal sealed class StrandedRuns(string? writer)
{
    private readonly Dictionary<string, string> _open = new(StringComparer.Ordinal);

    /// <summary>The runs, with their agents.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Open => _open;

    /// <summary>Hears of an event.</summary>
    /// <param name="line">Its line, without the line feed.</param>
    public void Follow(ReadOnlyMemory<byte> line)
    {
        if (line.Span.IndexOf("\"run_id\":"u8) < 0 || !EventLine.TryParse(line, out var parsed, out _) || parsed.RunId is not { } run)
        {
            return;
        }

        if (parsed.EventIs("run_end"u8))
        {
            _open.Remove(run);
        }
        else if (parsed.RunSequence is not null && IsOwn(parsed))
        {
            _open[run] = parsed.Agent ?? _open.GetValueOrDefault(run, "");
        }
    }

    private bool IsOwn(in EventLine line) =>
        writer is null || (line.Id is { } id && EventId.InstanceOf(System.Text.Encoding.UTF8.GetBytes(id)) == writer);
}
