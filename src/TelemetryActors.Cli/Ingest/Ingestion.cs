using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Feeds inputs through the pipeline: redacted, numbered into the log and durable before their ids are kept.</summary>
internal sealed class Ingestion(TelemetryClient client, IngestedIds ids, IngestedIds refusedIds, UnsavedIds unsaved, RefusedLines refused, IngestCounts counts, TimeProvider time)
{
    private const int BatchEvents = 10_000;

    private int _sinceFlush;

    /// <summary>Learns the ids of what an ingestion that did not end in order had taken and refused, before anything is fed.</summary>
    /// <exception cref="CommandException">What it left is not durable.</exception>
    public async Task BeginAsync()
    {
        if (unsaved.Exist)
        {
            if (!client.Pipeline.TakeOverDeadWriters())
            {
                throw new CommandException("The base directory does not answer: what an earlier ingestion left cannot be looked at.", ExitCode.Failed);
            }

            await FlushAsync();
            unsaved.Learn(ids);
            ids.Save();
            refused.Learn(refusedIds);
            refusedIds.Save();
        }

        unsaved.Begin(client.Pipeline.Slot);
    }

    /// <exception cref="OperationCanceledException">The wish to end came first; what was taken is to be kept.</exception>
    public async Task FeedAsync(IngestInput input, IngestProgress progress, CancellationToken ended)
    {
        while (TryRead(input))
        {
            await TakeAsync(input, input.Line);
            progress.Look(input);
            if (_sinceFlush >= BatchEvents)
            {
                await KeepAsync();
            }

            ended.ThrowIfCancellationRequested();
        }

        if (input.Behind is { } behind)
        {
            Refuse(input, default, behind);
        }

        await KeepAsync();
    }

    /// <summary>Waits until everything taken is on the device, and then remembers the ids.</summary>
    /// <exception cref="CommandException">It is not.</exception>
    public async Task KeepAsync()
    {
        _sinceFlush = 0;
        await FlushAsync();
        refused.Sync();
        refusedIds.Save();
        if (ids.Save())
        {
            unsaved.Begin(client.Pipeline.Slot);
        }
    }

    /// <summary>Everything taken is kept: nothing is left to learn for the next one.</summary>
    public void End() => unsaved.End();

    private bool TryRead(IngestInput input)
    {
        try
        {
            return input.Read();
        }
        catch (InvalidDataException exception)
        {
            // What came before the damage is taken; the line within which it lies is refused with the reason, and behind it there is nothing to be had.
            Refuse(input, input.Lines.Line, exception.Message);
            return false;
        }
    }

    private async Task TakeAsync(IngestInput input, ReadOnlyMemory<byte> bytes)
    {
        if (input.Lines.IsTooLong)
        {
            Refuse(input, bytes, $"the line is longer than {InputLineReader.MaxLineBytes} bytes: {input.Lines.Length}");
            return;
        }

        if (bytes.Span.IndexOfAnyExcept(" \t\r"u8) < 0)
        {
            // Between lines there may be nothing.
            return;
        }

        var now = time.GetUtcNow();
        if (!RecordShape.TryToEnvelope(bytes, now, out var line, out var fault))
        {
            Refuse(input, bytes, fault.ToString());
            return;
        }

        if (LogAnchor.TryParse(bytes.Span, out _, out _))
        {
            counts.Anchors++;
            return;
        }

        if (EventEncoder.NameFault(line.Event) is { } nameFault)
        {
            Refuse(input, bytes, nameFault);
            return;
        }

        var id = line.Id is { Length: > 0 } own ? own : input.DerivedId();
        var hash = IngestedIds.HashOf(id);
        if (ids.Knows(hash))
        {
            counts.Duplicates++;
        }
        else if (await TryWriteAsync(input, bytes, line, id, now))
        {
            ids.TryAdd(hash);
        }
    }

    // What is refused is not remembered: once what was in its way is mended, it can be fed again.
    private async Task<bool> TryWriteAsync(IngestInput input, ReadOnlyMemory<byte> bytes, EventLine line, string id, DateTimeOffset now)
    {
        RecordResult result;
        while ((result = client.Writer.WriteForeign(line, id, now)).Reason == DropReason.RingFull)
        {
            // There is time: what is taken goes to the device, and then there is room.
            await FlushAsync();
        }

        if (result.IsAccepted)
        {
            counts.Accepted++;
            _sinceFlush++;
        }
        else if (result.Reason == DropReason.Invalid)
        {
            Refuse(input, bytes, result.Detail ?? "the event cannot be encoded");
        }
        else
        {
            throw new CommandException($"{input.Name} line {input.Lines.Number}: not accepted: {result}", ExitCode.Failed);
        }

        return result.IsAccepted;
    }

    private async Task FlushAsync()
    {
        if (await client.FlushAsync() is { IsDurable: false } flushed)
        {
            throw new CommandException($"the events are not durable: {flushed.Reason}", ExitCode.Failed);
        }
    }

    private void Refuse(IngestInput input, ReadOnlyMemory<byte> bytes, string reason)
    {
        counts.Refused++;
        _sinceFlush++;

        // Known in a window of its own: a million lines of junk would push out the ids of the events.
        var hash = IngestedIds.HashOf(input.RefusedId(bytes.Span, reason));
        if (refusedIds.TryAdd(hash))
        {
            refused.Add(input.Name, input.Lines.Number, reason, bytes.Span, input.Lines.IsCut, hash);
        }
        else
        {
            counts.RefusedBefore++;
        }
    }
}
