using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Ingest;

/// <summary>The ids of what an ingestion took and did not save: they stand in the event log, behind the place that <c>state/ingest-from</c> names.</summary>
/// <remarks>The place is written before the events of a batch are taken, and deleted at an end in order: while it is there, the log knows more than the ids' file.</remarks>
internal sealed class UnsavedIds(IFileSystem files, string baseDirectory, string? fixedFile, TimeProvider time)
{
    private readonly string _path = Path.Combine(baseDirectory, "state", "ingest-from");
    private readonly byte[] _buffer = new byte[1024 * 1024];

    /// <summary>Whether an ingestion did not end in order.</summary>
    public bool Exist => files.Identify(_path) is not null;

    /// <summary>Reads the log behind the place; at most as many events as ids are known.</summary>
    public void Learn(IngestedIds ids)
    {
        if (Place() is not { } place)
        {
            return;
        }

        var (slot, from) = place;
        var source = new OtherSlotSource(new LogFolder(files, baseDirectory, fixedFile, slot), time);
        _ = source.Tail;
        var left = IngestedIds.Window;
        for (var read = source.Read(from, left, _buffer); read.Bytes > 0 && left > 0; read = source.Read(read.End, left, _buffer))
        {
            left -= read.Count;
            foreach (var line in new SinkBatch(slot, read.Start, read.End, _buffer.AsMemory(0, read.Bytes)).Events())
            {
                if (EventLine.TryParse(line, out var parsed, out _) && parsed.Id is { Length: > 0 } id)
                {
                    ids.TryAdd(id);
                }
            }
        }
    }

    /// <summary>From here on what is taken is not saved.</summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public void Begin(WriterSlot slot)
    {
        var tail = slot.Ring.Tail;
        var text = string.Create(CultureInfo.InvariantCulture, $"{slot.Number} {tail.Stream} {tail.Position} {tail.Ordinal}\n");
        AtomicFile.Write(files, _path, System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Everything that was taken is saved.</summary>
    public void End() => files.Delete(_path);

    // What cannot be read says nothing of a place; the ids that were saved are known all the same.
    private (int Slot, Cursor From)? Place()
    {
        var words = System.Text.Encoding.UTF8.GetString(AtomicFile.TryRead(files, _path) ?? []).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 4
            && int.TryParse(words[0], CultureInfo.InvariantCulture, out var slot)
            && StreamId.TryParse(words[1], null, out var stream)
            && long.TryParse(words[2], CultureInfo.InvariantCulture, out var position)
            && long.TryParse(words[3], CultureInfo.InvariantCulture, out var ordinal)
            ? (slot, new Cursor(stream, position, ordinal))
            : null;
    }
}
