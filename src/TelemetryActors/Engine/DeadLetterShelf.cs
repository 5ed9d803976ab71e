using System.Buffers;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Takes chosen dead letters out of a sink's file, in steps that a kill between them repeats without losing or doubling a letter.</summary>
/// <remarks>
/// Take: their lines go to a file of their own. The sink's state is kept, and names that file. Remove: the dead letters' file is replaced by one
/// without them. Delete: the taken file goes once nothing needs it. A taken file that no state names was never begun, or has ended.
/// </remarks>
internal sealed class DeadLetterShelf(IFileSystem files, string baseDirectory, string sink)
{
    private readonly string _path = SinkPaths.DeadLetters(baseDirectory, sink);

    /// <summary>Copies the chosen letters to a file of their own.</summary>
    /// <param name="selection">Which.</param>
    /// <param name="isRetry">Whether they are to be delivered, for which a letter needs its event.</param>
    /// <returns>Before the first and behind the last of them, their ids, and what there is to say; no stream when none is meant.</returns>
    public (Cursor From, Cursor To, IReadOnlyList<string> Ids, string? Note) Take(DeadLetterSelection selection, bool isRetry)
    {
        var taken = new ArrayBufferWriter<byte>();
        var (without, damaged) = (0L, 0L);
        List<string> ids = [];
        foreach (var line in FileLines.Of(files, _path))
        {
            if (!StoredLetter.TryParse(line, out var letter, out _))
            {
                damaged++;
            }
            else if (selection.Includes(letter.Id, letter.Reason, letter.At))
            {
                if (isRetry && letter.Event.IsEmpty)
                {
                    without++;
                    continue;
                }

                ids.Add(letter.Id);
                taken.Write(line.Span);
                taken.Write("\n"u8);
            }
        }

        if (ids.Count == 0)
        {
            return (default, default, ids, NoteOf(without, damaged));
        }

        var stream = new StreamId(BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
        AtomicFile.Write(files, SinkPaths.TakenLetters(baseDirectory, sink, stream), taken.WrittenSpan);
        return (new Cursor(stream, 0, 0), new Cursor(stream, taken.WrittenCount, ids.Count), ids, NoteOf(without, damaged));
    }

    /// <summary>Replaces the dead letters' file by one without the letters that were taken; nothing happens when they are not there any more.</summary>
    public void Remove(StreamId taken)
    {
        var path = SinkPaths.TakenLetters(baseDirectory, sink, taken);
        if (files.Identify(path) is null || files.Identify(_path) is null)
        {
            return;
        }

        var gone = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in FileLines.Of(files, path))
        {
            var key = KeyOf(line);
            gone[key] = gone.GetValueOrDefault(key) + 1;
        }

        var left = new ArrayBufferWriter<byte>();
        var removed = false;
        foreach (var line in FileLines.Of(files, _path))
        {
            var key = KeyOf(line);
            if (gone.GetValueOrDefault(key) > 0)
            {
                gone[key]--;
                removed = true;
            }
            else
            {
                left.Write(line.Span);
                left.Write("\n"u8);
            }
        }

        if (removed)
        {
            AtomicFile.Write(files, _path, left.WrittenSpan);
        }
    }

    /// <summary>Deletes a taken file that nothing needs any more.</summary>
    public void Delete(StreamId taken) => files.Delete(SinkPaths.TakenLetters(baseDirectory, sink, taken));

    /// <summary>The taken files that are there; what was never finished of one is deleted.</summary>
    public IReadOnlyList<StreamId> Taken()
    {
        var prefix = SinkPaths.TakenPrefix(sink);
        List<StreamId> found = [];
        foreach (var name in files.List(SinkPaths.DeadDirectory(baseDirectory)))
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && StreamId.TryParse(name[prefix.Length..], null, out var stream))
            {
                found.Add(stream);
            }
            else if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                files.Delete(Path.Combine(SinkPaths.DeadDirectory(baseDirectory), name));
            }
        }

        return found;
    }

    private static string KeyOf(ReadOnlyMemory<byte> line) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(line.Span));

    private static string? NoteOf(long without, long damaged)
    {
        List<string> notes = [];
        if (without > 0)
        {
            notes.Add($"{without} letters have lost their event and stay");
        }

        if (damaged > 0)
        {
            notes.Add($"{damaged} lines are no letters and stay");
        }

        return notes.Count == 0 ? null : string.Join("; ", notes);
    }
}
