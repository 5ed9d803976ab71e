using System.Buffers;
using TelemetryActors.Runs;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Takes out of a batch what came before. Decides nothing else and keeps nothing: the ids are kept or forgotten when the batch's end is known.</summary>
internal static class BatchSieve
{
    /// <param name="lines">Whole lines, each with its line feed.</param>
    /// <param name="count">How many there should be.</param>
    /// <param name="seen">What came before; null: nothing is left out.</param>
    public static SiftedBatch Sift(ReadOnlyMemory<byte> lines, int count, SeenIds? seen)
    {
        var telling = new List<ReadOnlyMemory<byte>>();
        ArrayBufferWriter<byte>? rewritten = null;
        ReadOnlyMemory<byte> last = default;
        var (accepted, duplicates) = (0, 0);
        for (var rest = lines; !rest.IsEmpty;)
        {
            var length = rest.Span.IndexOf((byte)'\n');
            if (length < 0)
            {
                return SiftedBatch.Faulty("its last line has no end");
            }

            var line = rest[..length];
            if (!LineFrame.TryRead(line, out var frame, out var fault))
            {
                return SiftedBatch.Faulty(fault!);
            }

            if (seen?.IsSecond(frame.Id) == true)
            {
                rewritten ??= Copied(lines[..(lines.Length - rest.Length)]);
                duplicates++;
            }
            else
            {
                rewritten?.Write(rest.Span[..(length + 1)]);
                accepted++;
                last = line;
                if (frame.IsTelling)
                {
                    telling.Add(line);
                }
            }

            rest = rest[(length + 1)..];
        }

        if (accepted + duplicates != count)
        {
            return SiftedBatch.Faulty($"it has {accepted + duplicates} lines and says {count}");
        }

        // Whatever the last line says, it says that the run lives.
        if (!last.IsEmpty && (telling.Count == 0 || !telling[^1].Equals(last)))
        {
            telling.Add(last);
        }

        return new SiftedBatch(rewritten?.WrittenMemory ?? lines, accepted, duplicates, telling);
    }

    private static ArrayBufferWriter<byte> Copied(ReadOnlyMemory<byte> lines)
    {
        var copy = new ArrayBufferWriter<byte>(Math.Max(lines.Length, 1));
        copy.Write(lines.Span);
        return copy;
    }
}
