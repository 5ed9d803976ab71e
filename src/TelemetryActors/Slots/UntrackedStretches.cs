using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Which events of a writer slot were recorded under <c>DO_NOT_TRACK</c>, in <c>state/untracked-s&lt;slot&gt;.ndjson</c>: no upload that needs consent ever sends them.</summary>
/// <remarks>A slot's file is appended to by the slot's owner alone, before its first event. Not there where nobody set the variable.</remarks>
internal sealed class UntrackedStretches(IFileSystem files, string baseDirectory, int slot)
{
    private readonly string _path = Path.Combine(baseDirectory, "state", string.Create(CultureInfo.InvariantCulture, $"untracked-s{slot}.ndjson"));

    /// <summary>Notes a start.</summary>
    /// <param name="from">Before the first event that it will record.</param>
    /// <param name="isUntracked">Whether the variable is set for it.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Note(Cursor from, bool isUntracked)
    {
        var isOpen = Read() is [.., { To: null } last] && last.Stream == from.Stream;
        if (isOpen == isUntracked)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("stream", from.Stream.ToString());
            json.WriteNumber(isUntracked ? "from" : "to", from.Ordinal);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        WholeFile.Append(files, _path, buffer.WrittenSpan);
    }

    /// <summary>The stretches, by the ordinals of their events; the last one may have no end yet.</summary>
    /// <exception cref="IOException">The file cannot be read; what it says cannot be known.</exception>
    public IReadOnlyList<UntrackedStretch> Read()
    {
        List<UntrackedStretch> stretches = [];
        foreach (var line in AtomicFile.TryRead(files, _path) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            Add(stretches, line);
        }

        return stretches;
    }

    private void Add(List<UntrackedStretch> stretches, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            var stream = StreamId.Parse(json.GetProperty("stream").GetString()!, null);
            if (json.TryGetProperty("from", out var from))
            {
                stretches.Add(new UntrackedStretch(stream, from.GetInt64(), null));
            }
            else if (stretches is [.., var open] && open.Stream == stream)
            {
                stretches[^1] = open with { To = json.GetProperty("to").GetInt64() };
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new IOException($"{_path} has a line that cannot be read: {line}", exception);
        }
    }
}
