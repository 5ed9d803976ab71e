using System.Buffers;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Sinks.Uploads;

/// <summary>Stands before a sink that needs consent and lets through what the consent covers, whatever slot, replay or dead letter it comes from; the rest is counted as dropped (D.9).</summary>
/// <remarks>
/// The one place where that is decided. Without consent the sink is not even called. It tells an event's place by counting a batch's lines, so nothing may
/// stand before it that takes lines out or changes them: the privacy policy's gate is behind it.
/// </remarks>
internal sealed class ConsentGate(ISink sink, Func<ConsentCover?> cover, Func<int, IReadOnlyList<UntrackedStretch>> untracked, Func<string> whyNot) : ISink, IFindsBounds
{
    private const string Reason = "recorded without consent";

    private readonly ArrayBufferWriter<byte> _lines = new();

    /// <summary>The sink behind the gate; the sink itself when it needs no consent.</summary>
    /// <param name="definition">The sink.</param>
    /// <param name="cover">What may go now; null when nothing may.</param>
    /// <param name="files">Where it stands what was recorded under <c>DO_NOT_TRACK</c>.</param>
    /// <param name="ownSlot">The slot of this process, whose events are sent from its ring before its files may say anything of them; null when there is none.</param>
    /// <param name="whyNot">Why nothing may go, while that is so; null where it is the consent alone.</param>
    public static SinkDefinition Guard(
        SinkDefinition definition, Func<ConsentCover?> cover, IFileSystem files, Func<WriterSlot>? ownSlot = null, Func<string>? whyNot = null)
    {
        var why = whyNot ?? (() => ConsentStore.MissingCause);
        return !definition.NeedsConsent ? definition : definition with
        {
            Create = context => new ConsentGate(definition.Create(context), cover, slot => Untracked(new UntrackedStretches(files, context.BaseDirectory, slot), slot, ownSlot?.Invoke()), why),
            IsCauseOver = circuit => UploadConsent.IsCause(circuit.Cause) && (cover() is not null || circuit.Cause != why()),
        };
    }

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        if (cover() is not { } covered)
        {
            return new SinkOutcome.Misconfigured(whyNot());
        }

        IReadOnlyList<UntrackedStretch> stretches;
        try
        {
            stretches = untracked(batch.Slot);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SinkOutcome.Retry(exception.Message);
        }
        catch (InvalidDataException exception)
        {
            // Nobody but its owner can mend it: until then nothing of the slot is sent, nothing of it is given up, and the other slots go on.
            return new SinkOutcome.Held(exception.Message);
        }

        var (allowed, held) = Filter(batch, covered, stretches);
        return held.Count == 0 ? await sink.DeliverAsync(batch, cancellation)
            : allowed.Count == 0 ? new SinkOutcome.PartlyDelivered(held)
            : GatedOutcome.Of(await sink.DeliverAsync(batch with { Lines = _lines.WrittenMemory }, cancellation), allowed, held);
    }

    /// <inheritdoc />
    public void BeginBounds() => (sink as IFindsBounds)?.BeginBounds();

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<EventRange>> FindBoundsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        sink is not IFindsBounds finder ? ValueTask.FromResult<IReadOnlyList<EventRange>>([])
        : cover() is null ? ValueTask.FromException<IReadOnlyList<EventRange>>(new IOException(whyNot()))
        : finder.FindBoundsAsync(from, to, cancellation);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => sink.DisposeAsync();

    private static IReadOnlyList<UntrackedStretch> Untracked(UntrackedStretches stretches, int slot, WriterSlot? own) =>
        own?.Number == slot ? own.WithOwnNote(stretches.Read) : stretches.Read();

    private (List<int> Allowed, List<RejectedItem> Held) Filter(SinkBatch batch, ConsentCover covered, IReadOnlyList<UntrackedStretch> stretches)
    {
        _lines.ResetWrittenCount();
        var allowed = new List<int>(batch.Count);
        var held = new List<RejectedItem>();
        var at = batch.Start;
        foreach (var line in batch.Events())
        {
            var index = (int)(at.Ordinal - batch.Start.Ordinal);
            if (covered.CoversPlace(batch.Slot, at) && !stretches.Any(stretch => stretch.Has(at)) && covered.CoversTime(line))
            {
                allowed.Add(index);
                _lines.Write(line.Span);
                _lines.Write("\n"u8);
            }
            else
            {
                held.Add(new RejectedItem(index, Reason, DropReason.Privacy));
            }

            at = at with { Position = at.Position + line.Length + 1, Ordinal = at.Ordinal + 1 };
        }

        return (allowed, held);
    }
}
