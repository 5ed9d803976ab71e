using TelemetryActors.Browsing;
using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Runs;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.RunPosting;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Sinks.Uploads;

/// <summary>The bodies that an upload would send next, made by the sink itself behind its privacy gate: only the network is another.</summary>
/// <remarks>Sends nothing, moves no cursor, and asks no consent: this is what one wants to see before giving it. Once it is given, what it does not cover is left out here as well.</remarks>
internal sealed class UploadPreview(IFileSystem files, StartSettings start)
{
    private static readonly Uri Nowhere = new("http://preview.invalid/");

    /// <summary>The sinks that can be asked about.</summary>
    public static IReadOnlyList<string> Names { get; } = [CommunitySinkRegistration.Name, HttpSinkRegistration.DefaultName, RunPostingRegistration.Name];

    private readonly TelemetryOptions _options = start.Options;

    private string BaseDirectory => _options.BaseDirectory!;

    /// <summary>What waits behind the sink's cursor and would go next; when nothing does, what an upload of the newest events would be.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>The bodies, and whether they are of events that wait.</returns>
    /// <exception cref="IOException">The disk does not answer.</exception>
    /// <exception cref="InvalidDataException">The sink cannot make a body; the message says why.</exception>
    public async Task<(IReadOnlyList<byte[]> Bodies, bool ArePending)> BodiesAsync(string name)
    {
        var transport = new RecordingTransport();
        var definition = Define(name, transport);
        await using var sink = definition.Create(new SinkContext(name, BaseDirectory, _options.Time));
        foreach (var batch in Next(definition))
        {
            // What consent does not cover is skipped as the sink's worker would, up to the first batch that has something to send.
            if (await OutcomeAsync(sink, batch) is not SinkOutcome.PartlyDelivered held || held.Items.Count < batch.Count)
            {
                return (transport.Bodies, true);
            }
        }

        if (Newest(name) is { } newest)
        {
            await OutcomeAsync(sink, newest);
        }

        return (transport.Bodies, false);
    }

    /// <summary>Replays, retries and cancels that operators have asked the sink for and that are not carried out yet: the bodies do not reckon with them.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="IOException">The disk does not answer.</exception>
    public IReadOnlyList<SinkCommandKind> NotCarriedOut(string name)
    {
        if (AtomicFile.TryRead(files, SinkPaths.State(BaseDirectory, name)) is not { } kept)
        {
            return [];
        }

        // A line that is no command is the sink's to report.
        var read = SinkStateFormat.Read(kept).CommandsRead;
        return [.. new SinkCommandFile(files, BaseDirectory, name).ReadFrom(ref read, out _).Select(asked => asked.Command.Kind)
            .Where(kind => kind is SinkCommandKind.Replay or SinkCommandKind.Retry or SinkCommandKind.Cancel)];
    }

    private static async Task<SinkOutcome> OutcomeAsync(ISink sink, SinkBatch batch) => await sink.DeliverAsync(batch, CancellationToken.None) switch
    {
        SinkOutcome.Misconfigured wrong => throw new InvalidDataException(wrong.Reason),
        SinkOutcome.Held held => throw new InvalidDataException(held.Reason),
        SinkOutcome.Retry retry => throw new IOException(retry.Reason),
        var outcome => outcome,
    };

    private SinkDefinition Define(string name, HttpMessageHandler transport)
    {
        var asked = OptionsCopy.Of(_options);
        asked.Transport = null;
        asked.Http.Endpoint = Nowhere;
        asked.EnableCommunity = true;
        asked.Community.Endpoint = Nowhere;
        asked.RunPosting.Endpoint = Nowhere;
        asked.RunPosting.Enabled = true;

        // What is set outside wins at the next start, too; else a program's own code may have asked for events, and its start has noted that.
        if (start.Resolved.Values.Single(value => value.Path == SettingTable.CommunitySendEvents).Origin is SettingOrigin.Default or SettingOrigin.Code)
        {
            asked.Community.SendEvents = new AppRegistry(files, BaseDirectory).SendsEvents() ?? asked.Community.SendEvents;
        }

        var device = new DeviceIdentityFile(files, BaseDirectory, asked.DeviceId);
        var consent = new ConsentStore(files, BaseDirectory, _options.Time);
        var isGranted = consent.Current.IsGranted;
        return new PipelineDefinition(
            SinkList.Of(asked, () => true, device, transport).Where(sink => sink.Name == name),
            sink => isGranted ? ConsentGate.Guard(sink, () => consent.Cover, files) : sink).Sinks[0];
    }

    // The same plans that the sink's worker would make, with its circuit closed and its waits over; each batch counts as held back when the next is asked for.
    private IEnumerable<SinkBatch> Next(SinkDefinition definition)
    {
        if (AtomicFile.TryRead(files, SinkPaths.State(BaseDirectory, definition.Name)) is not { } kept)
        {
            yield break;
        }

        var now = _options.Time.GetUtcNow();
        var sources = Slots().Select(slot => new OtherSlotSource(slot, _options.Time)).ToDictionary(source => source.Slot, source => (IEventSource)source);
        sources[LaneId.NoSlot] = new TakenLetters(files, BaseDirectory, definition.Name);
        var state = SinkStateFormat.Read(kept) with { Circuit = CircuitRecord.Closed, IsPaused = false, Hold = default };
        var delivery = new SinkDelivery(definition.Policy, state, startsAtTail: true, now);
        SlotTail[] tails = [.. sources.Values.Where(source => source.Slot != LaneId.NoSlot).Select(source => SlotTail.Of(source))];
        var buffer = new byte[BatchReader.BufferBytes(definition.Policy)];
        while (delivery.TryBegin(now, tails, hurry: true) is { } plan && sources.TryGetValue(plan.Slot, out var source))
        {
            var read = BatchReader.Read(source, plan, buffer);
            if (delivery.Loaded(read, now) is not { } planned)
            {
                continue;
            }

            yield return new SinkBatch(planned.Range.Slot, planned.Range.Start, planned.Range.End, buffer.AsMemory(0, read.Bytes)) { Attempt = planned.Attempt };
            delivery.Complete(
                new SinkOutcome.PartlyDelivered([.. Enumerable.Range(0, planned.Range.Count).Select(index => new RejectedItem(index, "", DropReason.Privacy))]), now, jitter: 0);
        }
    }

    private SinkBatch? Newest(string name)
    {
        var browser = new EventLogBrowser(files, LogSnapshot.Take(files, BaseDirectory));
        var lines = name == RunPostingRegistration.Name
            ? browser.Last(new EventFilter(eventName: RunEvents.End), 1)
            : browser.Last(EventFilter.All, SinkPolicies.Upload.FlushEvents);
        byte[] bytes = [.. lines.SelectMany(line => (byte[])[.. line.Bytes.Span.TrimEnd((byte)'\n'), (byte)'\n'])];
        return bytes.Length == 0 ? null : new SinkBatch(1, default, new Cursor(StreamId.None, bytes.Length, lines.Count), bytes);
    }

    private IEnumerable<LogFolder> Slots() => new LogFolder(files, BaseDirectory, _options.Log.File, slot: 1).AllSlots()
        .Order()
        .Select(slot => new LogFolder(files, BaseDirectory, _options.Log.File, slot));
}
