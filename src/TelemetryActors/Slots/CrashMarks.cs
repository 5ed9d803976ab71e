using System.Globalization;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Where the newest crash event of each writer slot ends: <c>state/crash-s&lt;slot&gt;.json</c>, which outlives the process that died and whoever tidies its slot (S1.5).</summary>
/// <param name="files">The disk.</param>
/// <param name="stateDirectory">The base directory's folder of states.</param>
internal sealed class CrashMarks(IFileSystem files, string stateDirectory)
{
    private const string Prefix = "crash-s";
    private const string Extension = ".json";

    /// <summary>A slot's newest crash event ends here.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Note(SlotTail behind)
    {
        var (slot, tail) = behind;
        var content = string.Create(CultureInfo.InvariantCulture, $"{{\"stream\":\"{tail.Stream}\",\"position\":{tail.Position},\"ordinal\":{tail.Ordinal}}}\n");
        AtomicFile.Write(files, Path.Combine(stateDirectory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{slot}{Extension}")), System.Text.Encoding.ASCII.GetBytes(content));
    }

    /// <summary>All marks there are; one that cannot be read is none.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public IReadOnlyList<SlotTail> Read() => [.. files.List(stateDirectory).Select(TryRead).OfType<SlotTail>()];

    private SlotTail? TryRead(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(Extension, StringComparison.Ordinal)
            || !int.TryParse(name.AsSpan()[Prefix.Length..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            || AtomicFile.TryRead(files, Path.Combine(stateDirectory, name)) is not { } content)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(content);
            var json = document.RootElement;
            var stream = StreamId.Parse(json.GetProperty("stream").GetString()!, null);
            return new SlotTail(slot, new Cursor(stream, json.GetProperty("position").GetInt64(), json.GetProperty("ordinal").GetInt64()));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
