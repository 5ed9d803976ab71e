using TelemetryActors.Browsing;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Dead letters that were put back, as the stream they are delivered from: <c>dead/&lt;sink&gt;.taken-&lt;stream&gt;</c>, the letters' lines as they were.</summary>
/// <remarks>Positions are offsets in that file. Safe for use from several threads: the file is written once, before anything reads it.</remarks>
internal sealed class TakenLetters(IFileSystem files, string baseDirectory, string sink) : IEventSource
{
    public int Slot => Delivery.LaneId.NoSlot;

    // Each file is a stream of its own, whose end stands in the redelivery's account.
    public Cursor Tail => default;

    public EventRead Read(Cursor from, int maxEvents, Span<byte> buffer)
    {
        var gone = new EventRead(default, default, 0, DropReason.Missing);
        if (files.Identify(SinkPaths.TakenLetters(baseDirectory, sink, from.Stream)) is null)
        {
            return gone;
        }

        var (end, bytes) = (from, 0);
        foreach (var (letter, behind) in Letters(from))
        {
            if (end.Ordinal - from.Ordinal >= maxEvents || bytes + letter.Event.Length + 1 > buffer.Length)
            {
                break;
            }

            letter.Event.Span.CopyTo(buffer[bytes..]);
            bytes += letter.Event.Length;
            buffer[bytes++] = (byte)'\n';
            end = behind;
        }

        return bytes == 0 ? gone : new EventRead(from, end, bytes, DropReason.Missing);
    }

    /// <summary>The letter at a place behind a cursor; null when its file has no such line any more.</summary>
    public StoredLetter? Find(Cursor from, int index)
    {
        if (files.Identify(SinkPaths.TakenLetters(baseDirectory, sink, from.Stream)) is null)
        {
            return null;
        }

        foreach (var (letter, _) in Letters(from))
        {
            if (index-- == 0)
            {
                return letter with { Event = letter.Event.ToArray() };
            }
        }

        return null;
    }

    /// <summary>What the letters behind a cursor are named by; none when their file is gone.</summary>
    public IReadOnlyList<string> IdsFrom(Cursor from) =>
        files.Identify(SinkPaths.TakenLetters(baseDirectory, sink, from.Stream)) is null ? [] : [.. Letters(from).Select(entry => entry.Letter.Id)];

    // Each letter is valid until the next.
    private IEnumerable<(StoredLetter Letter, Cursor End)> Letters(Cursor start)
    {
        var file = files.Open(SinkPaths.TakenLetters(baseDirectory, sink, start.Stream), writable: false);
        using var reader = new ForwardLineReader(file, start.Position, file.Identity.Length);
        var ordinal = start.Ordinal;
        while (reader.TryRead(out var line) && StoredLetter.TryParse(line, out var letter, out _))
        {
            yield return (letter, start with { Position = reader.Offset, Ordinal = ++ordinal });
        }
    }
}
