using System.Text.Json;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Where positions go on after a ring that cannot be trusted: so far above everything known that none is ever used twice.</summary>
internal static class PositionJump
{
    /// <summary>2^40 bytes.</summary>
    public const long Step = 1L << 40;

    private const int MostSteps = 1 << 16;

    /// <summary>The next multiple of the step above a stream's end and above every sink's cursor in it.</summary>
    public static Cursor Above(Cursor end, IFileSystem files, string sinkStates)
    {
        var highest = Highest(end, files, sinkStates);
        return highest with { Position = ((highest.Position / Step) + 1) * Step };
    }

    /// <summary>A stream's end, or the furthest that any sink's cursor has come in it.</summary>
    public static Cursor Highest(Cursor end, IFileSystem files, string sinkStates)
    {
        var highest = end;
        foreach (var name in files.List(sinkStates).Where(name => name.EndsWith(".json", StringComparison.Ordinal)))
        {
            highest = Highest(TryRead(files, Path.Combine(sinkStates, name)), highest);
        }

        return highest;
    }

    /// <summary>A place above that no other start comes to by the same rule.</summary>
    /// <param name="begin">Where the rule leads to.</param>
    /// <param name="draw">Draws a number from the first up to, and not including, the second.</param>
    public static Cursor Further(Cursor begin, Func<int, int, int> draw) =>
        begin with { Position = (((begin.Position + Step - 1) / Step) + draw(1, MostSteps)) * Step };

    private static byte[] TryRead(IFileSystem files, string path)
    {
        try
        {
            return AtomicFile.TryRead(files, path) ?? [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A cursor is wherever an object has stream, position and ordinal; no sink's own format needs to be known.
    private static Cursor Highest(byte[] content, Cursor highest)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return Highest(document.RootElement, highest);
        }
        catch (JsonException)
        {
            return highest;
        }
    }

    private static Cursor Highest(JsonElement element, Cursor highest)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                highest = Highest(item, highest);
            }

            return highest;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return highest;
        }

        if (element.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.String
            && stream.GetString() == highest.Stream.ToString()
            && element.TryGetProperty("position", out var position) && position.ValueKind == JsonValueKind.Number && position.TryGetInt64(out var at) && at < Cursor.Limit
            && element.TryGetProperty("ordinal", out var ordinal) && ordinal.ValueKind == JsonValueKind.Number && ordinal.TryGetInt64(out var number) && number < Cursor.Limit)
        {
            highest = new Cursor(highest.Stream, Math.Max(highest.Position, at), Math.Max(highest.Ordinal, number));
        }

        foreach (var member in element.EnumerateObject())
        {
            highest = Highest(member.Value, highest);
        }

        return highest;
    }
}
