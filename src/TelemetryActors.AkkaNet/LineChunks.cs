namespace TelemetryActors.AkkaNet;

/// <summary>Cuts lines into pieces that a ring takes at once, each of whole lines.</summary>
internal static class LineChunks
{
    /// <summary>The pieces with their numbers of lines; the last is empty when a line alone is too large.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Lines, int Count)> Of(ReadOnlyMemory<byte> lines, int count, int maxBytes)
    {
        while (lines.Length > maxBytes)
        {
            var end = lines.Span[..maxBytes].LastIndexOf((byte)'\n') + 1;
            var piece = lines[..end];
            var inPiece = piece.Span.Count((byte)'\n');
            yield return (piece, inPiece);
            if (end == 0)
            {
                yield break;
            }

            lines = lines[end..];
            count -= inPiece;
        }

        yield return (lines, count);
    }
}
