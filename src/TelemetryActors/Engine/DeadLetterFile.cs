using System.Buffers;
using System.Text.Json;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Sets refused events aside in <c>dead/&lt;sink&gt;.ndjson</c>: one line each with reason, time, attempt, cursor and the event.</summary>
internal sealed class DeadLetterFile(IFileSystem files, string baseDirectory, string sink, UnsettledLetters unsettled)
{
    private readonly string _path = SinkPaths.DeadLetters(baseDirectory, sink);
    private readonly TakenLetters _taken = new(files, baseDirectory, sink);

    /// <summary>Appends letters, durably. An event that is gone by now leaves a letter without it; one that came to the sink once more and is a letter already replaces that one.</summary>
    /// <returns>How many letters were replaced.</returns>
    /// <exception cref="IOException">The disk does not take them, or the events cannot be read now: the file is as it was, or will be before the next try.</exception>
    public int Append(IReadOnlyList<DeadLetter> letters, Func<int, IEventSource?> sourceOf, byte[] buffer, DateTimeOffset now)
    {
        unsettled.BeginWrite();
        try
        {
            var replaced = Write(letters, sourceOf, buffer, now);
            unsettled.EndWrite();
            return replaced;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            unsettled.FailWrite();
            throw;
        }
    }

    private int Write(IReadOnlyList<DeadLetter> letters, Func<int, IEventSource?> sourceOf, byte[] buffer, DateTimeOffset now)
    {
        var lines = new ArrayBufferWriter<byte>();
        Dictionary<string, StoredLetter> again = new(StringComparer.Ordinal);
        var twice = 0;
        foreach (var letter in letters)
        {
            var stored = letter.Slot == LaneId.NoSlot ? Again(letter, now) : First(letter, sourceOf(letter.Slot), buffer, now);
            if (letter.Origin == BatchOrigin.Live && !unsettled.Includes(stored.Id))
            {
                Write(lines, stored with { Number = unsettled.Next() });
            }
            else if (!again.TryAdd(stored.Id, stored))
            {
                // Two ways at once: as a new event, by a replay, as a retried letter.
                again[stored.Id] = stored with { Attempt = stored.Attempt + again[stored.Id].Attempt };
                twice++;
            }
        }

        var replaced = Replace(lines, again);
        if (replaced == 0 && lines.WrittenCount > 0)
        {
            WholeFile.Append(files, _path, lines.WrittenSpan);
        }

        return replaced + twice;
    }

    // The file anew, without the letters that the new ones stand for, when there are any: all at once, so that a kill leaves the old or the new.
    private int Replace(ArrayBufferWriter<byte> lines, Dictionary<string, StoredLetter> again)
    {
        var left = new ArrayBufferWriter<byte>();
        HashSet<string> known = [];
        var replaced = again.Count == 0 ? 0 : Copy(left, again, known);
        foreach (var letter in again.Values)
        {
            Write(lines, known.Contains(letter.Id) ? letter : letter with { Number = unsettled.Next() });
        }

        if (replaced > 0)
        {
            left.Write(lines.WrittenSpan);
            AtomicFile.Write(files, _path, left.WrittenSpan);
        }

        return replaced;
    }

    private int Copy(ArrayBufferWriter<byte> left, Dictionary<string, StoredLetter> again, HashSet<string> known)
    {
        var replaced = 0;
        foreach (var line in FileLines.Of(files, _path))
        {
            if (StoredLetter.TryParse(line, out var before, out _) && again.TryGetValue(before.Id, out var after))
            {
                known.Add(before.Id);
                again[before.Id] = after with { Number = before.Number, Attempt = before.Attempt + after.Attempt, Event = after.Event.IsEmpty ? before.Event.ToArray() : after.Event };
                replaced++;
                continue;
            }

            left.Write(line.Span);
            left.Write("\n"u8);
        }

        return replaced;
    }

    // Refused once more: it is the letter it was, with what was said last.
    private StoredLetter Again(DeadLetter letter, DateTimeOffset now) =>
        _taken.Find(letter.From, letter.Index) is { } before
            ? before with { At = now, Reason = letter.Reason, Attempt = before.Attempt + letter.Attempt }
            : new StoredLetter(now, letter.Reason, letter.Attempt, letter.Slot, letter.From.Stream, letter.From.Ordinal + letter.Index, letter.From.Position, default);

    private static StoredLetter First(DeadLetter letter, IEventSource? source, byte[] buffer, DateTimeOffset now)
    {
        var line = Find(letter, source, buffer, out var end);
        return new StoredLetter(
            now, letter.Reason, letter.Attempt, letter.Slot, letter.From.Stream, letter.From.Ordinal + letter.Index, end.Position, line.ToArray());
    }

    private static ReadOnlySpan<byte> Find(DeadLetter letter, IEventSource? source, byte[] buffer, out Cursor cursor)
    {
        var left = letter.Index;
        cursor = letter.From;
        while (source is not null)
        {
            var read = source.Read(cursor, left + 1, buffer);
            if (read.Count == 0 || read.Start.Ordinal != cursor.Ordinal || read.Start.Stream != cursor.Stream)
            {
                break;
            }

            cursor = read.End;
            left -= read.Count;
            if (left < 0)
            {
                return LastLine(buffer.AsSpan(0, read.Bytes));
            }
        }

        return default;
    }

    private static ReadOnlySpan<byte> LastLine(ReadOnlySpan<byte> lines)
    {
        var line = lines.TrimEnd((byte)'\n');
        return line[(line.LastIndexOf((byte)'\n') + 1)..];
    }

    private static void Write(ArrayBufferWriter<byte> lines, StoredLetter letter)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            json.WriteString("ts", letter.At.UtcDateTime);
            json.WriteString("reason", letter.Reason);
            json.WriteNumber("attempt", letter.Attempt);
            if (letter.Number is { } number)
            {
                json.WriteNumber("number", number);
            }

            json.WriteNumber("slot", letter.Slot);
            json.WriteString("stream", letter.Stream.ToString());
            json.WriteNumber("ordinal", letter.Ordinal);
            json.WriteNumber("end_position", letter.EndPosition);
            json.WritePropertyName("event");
            if (letter.Event.IsEmpty)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteRawValue(letter.Event.Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }
}
