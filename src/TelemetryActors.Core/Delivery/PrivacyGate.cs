using System.Buffers;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Privacy;

namespace TelemetryActors.Delivery;

/// <summary>Stands before a sink and lets through what its privacy policy allows; what it holds back is counted as dropped (D.8).</summary>
/// <remarks>The one place where the policy is enforced: a pipeline's definition puts every sink that has one behind it, whatever the engine.</remarks>
internal sealed class PrivacyGate(ISink sink, PrivacyPolicy policy) : ISink, IFindsBounds
{
    private const string Reason = "privacy";

    private readonly PrivacyFilter _filter = new();
    private readonly ArrayBufferWriter<byte> _lines = new();

    /// <summary>The sink behind its policy; the sink itself when it has none.</summary>
    public static SinkDefinition Guard(SinkDefinition definition) => definition.Policy.Privacy == PrivacyPolicy.None ? definition : definition with
    {
        Create = context => new PrivacyGate(definition.Create(context), definition.Policy.Privacy),
    };

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        var (allowed, held) = Filter(batch);
        if (allowed.Count == 0)
        {
            return new SinkOutcome.PartlyDelivered(held);
        }

        return GatedOutcome.Of(await sink.DeliverAsync(batch with { Lines = _lines.WrittenMemory }, cancellation), allowed, held);
    }

    /// <inheritdoc />
    public void BeginBounds() => (sink as IFindsBounds)?.BeginBounds();

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<EventRange>> FindBoundsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        (sink as IFindsBounds)?.FindBoundsAsync(from, to, cancellation) ?? ValueTask.FromResult<IReadOnlyList<EventRange>>([]);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _filter.Dispose();
        return sink.DisposeAsync();
    }

    // The places of the events that may go, and those that may not; the lines are left in the buffer.
    private (List<int> Allowed, List<RejectedItem> Held) Filter(SinkBatch batch)
    {
        _lines.ResetWrittenCount();
        var allowed = new List<int>(batch.Count);
        var held = new List<RejectedItem>();
        var rest = batch.Lines.Span;
        for (var index = 0; !rest.IsEmpty; index++)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (_filter.Strip(line, out var stripped) is { } found && (!found || policy == PrivacyPolicy.Strip))
            {
                _lines.Write(stripped);
                _lines.Write("\n"u8);
                allowed.Add(index);
            }
            else
            {
                held.Add(new RejectedItem(index, Reason, DropReason.Privacy));
            }
        }

        return (allowed, held);
    }
}
