using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Reads events at a position from the files that an index names.</summary>
/// <remarks>Thread-safe: each read opens its file. What is not there any more, or is not an event, is passed over; ordinals tell how many that were.</remarks>
internal static class LogReader
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>Reads from a cursor on.</summary>
    /// <returns>
    /// The events. Without bytes and with a start behind the cursor: nothing of what the index promised there could be read.
    /// Null when the index has nothing at the position.
    /// </returns>
    public static EventRead? TryRead(LogFolder folder, LogIndex index, Cursor from, int maxEvents, Span<byte> buffer)
    {
        if (index.Find(from.Position) is not { } place)
        {
            return null;
        }

        var (stretch, readableTo) = place;
        // An anchor knows which event it begins; who comes from a file that was edited may have counted fewer, or more.
        var start = from.Position == stretch.Start.Position ? stretch.Start : from;
        var wanted = (int)Math.Min(buffer.Length, readableTo - start.Position);
        var read = ReadFile(folder, stretch, start.Position, buffer[..wanted]);
        var whole = buffer[..read].LastIndexOf(LineFeed) + 1;

        // No stretch yields more events than it was given, whatever stands in its file now. Where one of them was destroyed, a start counts fewer; the next anchor knows.
        var given = Math.Max(stretch.End.Ordinal, index.OrdinalFrom(start with { Position = readableTo }));
        if (whole == 0)
        {
            // A line that no reader holds is lost alone. Cut short or gone: what the stretch still promised is lost.
            var behind = AfterLongLine(folder, stretch, start, readableTo, given, buffer[..read]) ?? AfterLoss(index, stretch, readableTo);
            return new EventRead(behind, behind, 0, DropReason.Missing);
        }

        var most = (int)Math.Min(maxEvents, Math.Max(given - start.Ordinal, 0));
        var (consumed, kept, count) = KeepEvents(buffer[..whole], most);
        return count == 0
            ? new EventRead(start with { Position = start.Position + whole }, start with { Position = start.Position + whole }, 0, DropReason.Missing)
            : new EventRead(start, new Cursor(start.Stream, start.Position + consumed, start.Ordinal + count), kept, DropReason.Missing);
    }

    private static int ReadFile(LogFolder folder, LogStretch stretch, long position, Span<byte> buffer)
    {
        using var file = TryOpen(folder, stretch);
        return file?.Read(buffer, stretch.Offset + position - stretch.Start.Position) ?? 0;
    }

    private static IStorageFile? TryOpen(LogFolder folder, LogStretch stretch)
    {
        if (stretch.IsGone)
        {
            return null;
        }

        try
        {
            return folder.Files.OpenPlain(folder.PathOf(stretch.File), writable: false);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    // Who reads with less room than the largest event comes again with more.
    private static Cursor? AfterLongLine(LogFolder folder, LogStretch stretch, Cursor start, long readableTo, long given, Span<byte> beginning)
    {
        if (beginning.Length < BatchReader.MaxEventBytes || TryOpen(folder, stretch) is not { } file)
        {
            return null;
        }

        using (file)
        {
            var isEvent = LogAnchor.BeginsLikeEvent(beginning);
            var offset = stretch.Offset + start.Position - stretch.Start.Position;
            var length = LogScanner.NextLine(file, offset + beginning.Length, beginning) - offset;
            return start.Position + length is { } behind && behind <= readableTo
                ? start with { Position = behind, Ordinal = Math.Min(start.Ordinal + (isEvent ? 1 : 0), given) }
                : null;
        }
    }

    private static Cursor AfterLoss(LogIndex index, LogStretch stretch, long readableTo)
    {
        if (readableTo == stretch.EndPosition)
        {
            return stretch.End;
        }

        return index.Stretches.First(later => later.Start.Position == readableTo).Start;
    }

    // Moves the events together over what is none, and stops at the number asked for.
    private static (int Consumed, int Kept, int Count) KeepEvents(Span<byte> bytes, int maxEvents)
    {
        int consumed = 0, kept = 0, count = 0;
        while (consumed < bytes.Length && count < maxEvents)
        {
            var length = bytes[consumed..].IndexOf(LineFeed) + 1;
            var line = bytes.Slice(consumed, length - 1);

            // Another file may have the name that the index knows: an anchor may stand anywhere in it.
            if (LogAnchor.LooksLikeEvent(line) && !LogAnchor.IsOne(line))
            {
                if (kept != consumed)
                {
                    bytes.Slice(consumed, length).CopyTo(bytes[kept..]);
                }

                kept += length;
                count++;
            }

            consumed += length;
        }

        return (consumed, kept, count);
    }
}
