using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Which events of a writer slot were recorded under <c>DO_NOT_TRACK</c>, in <c>state/untracked-s&lt;slot&gt;.ndjson</c>: no upload that needs consent ever sends them.</summary>
/// <remarks>A slot's file is written by the slot's owner alone, whole, before the log takes its first event. Not there where nobody set the variable.</remarks>
internal sealed class UntrackedStretches(IFileSystem files, string baseDirectory, int slot)
{
    private readonly string _path = Path.Combine(baseDirectory, "state", string.Create(CultureInfo.InvariantCulture, $"untracked-s{slot}.ndjson"));
    private bool _isInDoubt;

    /// <summary>A stretch begins; one that has begun goes on.</summary>
    public static void Begin(List<UntrackedStretch> stretches, Cursor from)
    {
        if (!IsOpen(stretches, from.Stream))
        {
            stretches.Add(new UntrackedStretch(from.Stream, from.Ordinal, null));
        }
    }

    /// <summary>The stretch that has begun ends; nothing happens when none has.</summary>
    public static void End(List<UntrackedStretch> stretches, Cursor to)
    {
        if (IsOpen(stretches, to.Stream))
        {
            stretches[^1] = stretches[^1] with { To = to.Ordinal };
        }
    }

    /// <summary>Notes a start.</summary>
    /// <param name="from">Before the first event that it will record.</param>
    /// <param name="isUntracked">Whether the variable is set for it.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Note(Cursor from, bool isUntracked)
    {
        List<UntrackedStretch> stretches = [];
        var content = Content();
        var unreadable = Parse(content, stretches);

        // What a line says that cannot be read is not known: then it is said again.
        if (unreadable is null && IsOpen(stretches, from.Stream) == isUntracked && !_isInDoubt)
        {
            return;
        }

        _isInDoubt = true;
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(content);
        WriteLine(buffer, from, isUntracked);
        AtomicFile.Write(files, _path, buffer.WrittenSpan);
        _isInDoubt = false;
    }

    /// <summary>Notes a stretch that a ring tells of, unless it stands there.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Note(UntrackedStretch stretch)
    {
        List<UntrackedStretch> stretches = [];
        if (Parse(Content(), stretches) is null && !_isInDoubt && stretches.Exists(noted => noted.Stream == stretch.Stream && noted.From <= stretch.From && !(noted.To < (stretch.To ?? long.MaxValue))))
        {
            return;
        }

        Note(new Cursor(stretch.Stream, 0, stretch.From), isUntracked: true);
        if (stretch.To is { } to)
        {
            Note(new Cursor(stretch.Stream, 0, to), isUntracked: false);
        }
    }

    /// <summary>The stretches, by the ordinals of their events; the last one may have no end yet.</summary>
    /// <exception cref="IOException">The file cannot be read now.</exception>
    /// <exception cref="InvalidDataException">The file has a line that says nothing: which events are untracked cannot be known.</exception>
    public IReadOnlyList<UntrackedStretch> Read()
    {
        List<UntrackedStretch> stretches = [];
        return Parse(Content(), stretches) is { } line ? throw new InvalidDataException(Unreadable(line)) : stretches;
    }

    /// <summary>What is wrong with the file, for who looks at it from outside; null when nothing is.</summary>
    /// <exception cref="IOException">The file cannot be read now.</exception>
    public string? Fault => Parse(Content(), []) is { } line
        ? $"{Unreadable(line)}; what the slot recorded is not uploaded until that line is mended"
        : null;

    private string Unreadable(string line) => $"{_path} has a line that cannot be read: {line}";

    private static bool IsOpen(List<UntrackedStretch> stretches, StreamId stream) => stretches is [.., { To: null } last] && last.Stream == stream;

    private static void WriteLine(ArrayBufferWriter<byte> buffer, Cursor from, bool isUntracked)
    {
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("stream", from.Stream.ToString());
            json.WriteNumber(isUntracked ? "from" : "to", from.Ordinal);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    // Whole lines. One that was cut short at the end was never waited for, so that no event stands behind it.
    private byte[] Content()
    {
        if (AtomicFile.TryRead(files, _path) is not { } bytes)
        {
            return [];
        }

        var end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        return TryAdd([], bytes.AsSpan(end)) ? [.. bytes, (byte)'\n'] : bytes[..end];
    }

    // The first line that cannot be read; null when all can.
    private static string? Parse(byte[] bytes, List<UntrackedStretch> stretches)
    {
        ReadOnlySpan<byte> content = bytes;
        string? unreadable = null;
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range];
            if (!line.IsEmpty && !TryAdd(stretches, line))
            {
                unreadable ??= System.Text.Encoding.UTF8.GetString(line);
            }
        }

        return unreadable;
    }

    private static bool TryAdd(List<UntrackedStretch> stretches, ReadOnlySpan<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            var json = document.RootElement;
            if (!StreamId.TryParse(json.GetProperty("stream").GetString(), null, out var stream))
            {
                return false;
            }

            if (json.TryGetProperty("from", out var from))
            {
                Begin(stretches, new Cursor(stream, 0, from.GetInt64()));
            }
            else
            {
                End(stretches, new Cursor(stream, 0, json.GetProperty("to").GetInt64()));
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
