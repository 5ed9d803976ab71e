using TelemetryActors.Client;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>The pipeline's own events, that announce what becomes of a sink (<c>sink_dead_lettered</c> and its kin), told apart from all others where a sink refuses them.</summary>
/// <remarks>
/// By their names and first member, which a program can give to events of its own as well. It hides nothing by that: a refused event becomes a dead letter that is counted, listed and retried
/// as any other, whatever it is called; what it does not get is an event that says so, and a vote on whether the sink is at fault.
/// </remarks>
internal static class Announcements
{
    private static readonly HashSet<string> Names = [.. Enum.GetValues<SinkTransitionKind>().Select(SinkTransitionText.NameOf)];

    /// <summary>The outcome with a mark on what was refused of them; the same one where nothing was.</summary>
    public static SinkOutcome Mark(SinkOutcome outcome, SinkBatch batch) => outcome switch
    {
        SinkOutcome.Rejected refused => refused with { IsOfAnnouncements = batch.Events().All(Are) },
        SinkOutcome.PartlyDelivered partly when partly.Items.Any(item => item.Drop == DropReason.None) => partly with { Items = Marked(partly.Items, batch) },
        _ => outcome,
    };

    /// <summary>Whether a line is one of them.</summary>
    public static bool Are(ReadOnlyMemory<byte> line) =>
        line.Span.IndexOf("\"sink_"u8) >= 0
            && EventLine.TryParse(line, out var read, out _)
            && Names.Contains(read.Event)
            && read.Details.Span.StartsWith("{\"sink\":"u8);

    private static IReadOnlyList<RejectedItem> Marked(IReadOnlyList<RejectedItem> items, SinkBatch batch)
    {
        var are = batch.Events().Select(Are).ToList();
        return [.. items.Select(item => item with { IsAnnouncement = item.Index >= 0 && item.Index < are.Count && are[item.Index] })];
    }
}
