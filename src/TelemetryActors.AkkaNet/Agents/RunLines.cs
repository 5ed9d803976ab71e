using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Deals the lines of a batch to the actors they are for, in order, in parts that a message can carry.</summary>
internal static class RunLines
{
    /// <summary>Bytes of a part: with its envelope below the 128,000 that remoting carries in one frame by default, and above the longest line.</summary>
    public const int MaxPartBytes = 96 * 1024;

    /// <summary>Characters of a run's id by which lines are dealt, at the most. No journal may refuse what is that short: see <see cref="RunActor"/>.</summary>
    public const int MaxRunIdChars = 200;

    private const string AgentPrefix = "agent-";

    /// <summary>The lines by actor, each actor's in the order of the batch. The bytes are copies.</summary>
    /// <param name="lines">Whole lines, each with its line feed.</param>
    /// <param name="ownName">Names the actor for lines that belong to no run and bear no id of ours.</param>
    /// <param name="noEvents">What no collector may take, by the rule of its own door: damage that a reader's quick look has passed.</param>
    public static IReadOnlyList<EntityLines> Deal(ReadOnlyMemory<byte> lines, string ownName, out IReadOnlyList<RejectedItem> noEvents)
    {
        var rejected = new List<RejectedItem>();
        noEvents = rejected;
        var byEntity = new Dictionary<string, EntityLines>(StringComparer.Ordinal);
        for (var place = 0; !lines.IsEmpty; place++)
        {
            var feed = lines.Span.IndexOf((byte)'\n');
            var line = feed < 0 ? lines : lines[..(feed + 1)];
            lines = lines[line.Length..];
            if (!LineFrame.TryRead(feed < 0 ? line : line[..feed], out var frame, out var fault))
            {
                rejected.Add(new RejectedItem(place, fault!));
                continue;
            }

            var entity = EntityOf(frame.Line, ownName);
            if (!byEntity.TryGetValue(entity, out var group))
            {
                byEntity[entity] = group = new EntityLines(entity);
            }

            group.Add(line.Span, place);
        }

        return [.. byEntity.Values];
    }

    private static string EntityOf(in EventLine line, string ownName) =>
        line.RunId is { } run && HasActorOfItsOwn(run) ? run : AgentPrefix + (line.Id is { Length: EventId.Width } id && id.IndexOf('-') is var hyphen and > 0 ? id[..hyphen] : ownName);

    // The sender's choice of an actor, not a verdict: lines under any other id are kept like those of no run, and nobody watches its lease. So it can be narrow, and
    // leaves out what is fit for a journal but for no path, log or listing. Whether a journal takes an id is the collector's to say (RunActor), whose no is final.
    private static bool HasActorOfItsOwn(string run) => run.Length is > 0 and <= MaxRunIdChars && !run.AsSpan().ContainsAnyInRange('\0', '\x1f');
}
