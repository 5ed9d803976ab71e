using System.Buffers;
using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Engine;
using TelemetryActors.Storage;

namespace TelemetryActors.Sinks.Community;

/// <summary>Which program start wrote which events, in <c>state/apps-s&lt;slot&gt;.ndjson</c>: an event's id names its start, and a start its version.</summary>
/// <remarks>
/// A crash is reported by the next start, which may be of a newer version: without this it would count against that one. A slot's file is appended to by
/// the slot's owner alone. Not thread-safe.
/// </remarks>
internal sealed class AppRegistry(IFileSystem files, string baseDirectory)
{
    // About 8,000 starts; then the older half goes, and what they left unsent is of an unknown version.
    private const int MaxBytes = 1024 * 1024;
    private const string Prefix = "apps-s";
    private const string Extension = ".ndjson";

    private readonly string _directory = Path.Combine(baseDirectory, "state");
    private readonly Dictionary<string, AppIdentity> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _read = new(StringComparer.Ordinal);

    /// <summary>Notes a start.</summary>
    /// <param name="slot">The writer slot, which the caller owns.</param>
    /// <param name="instance">What the ids of its events begin with.</param>
    /// <param name="app">The program.</param>
    /// <param name="sendsEvents">Whether it sends events and not counts.</param>
    /// <param name="now">When it is.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Note(int slot, string instance, AppIdentity app, bool sendsEvents, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("instance", instance);
            json.WriteString("app", app.Name);
            json.WriteString("version", app.Version);
            json.WriteString("platform", app.Platform);
            json.WriteString("sends", sendsEvents ? "events" : "counts");
            json.WriteString("at", InstantText.Format(now));
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        var path = Path.Combine(_directory, $"{Prefix}{slot}{Extension}");
        if (files.Identify(path)?.Length > MaxBytes)
        {
            var old = WholeFile.Read(files, path).AsSpan();
            old = old[(old.Length / 2)..];
            AtomicFile.Write(files, path, [.. old[(old.IndexOf((byte)'\n') + 1)..], .. buffer.WrittenSpan]);
            return;
        }

        WholeFile.Append(files, path, buffer.WrittenSpan);
    }

    /// <summary>Who wrote the events of a start; null when it was not noted.</summary>
    /// <exception cref="IOException">The disk does not answer.</exception>
    public AppIdentity? Find(string instance)
    {
        if (!_known.TryGetValue(instance, out var app))
        {
            ReadWhatIsNew();
            _known.TryGetValue(instance, out app);
        }

        return app;
    }

    /// <summary>Whether the programs of this base directory send events: what the newest noted start of any slot says; null when none was noted.</summary>
    public bool? SendsEvents()
    {
        (DateTimeOffset At, bool Sends)? newest = null;
        foreach (var line in Names().SelectMany(LinesOf))
        {
            // Older versions noted no time: any start that has one came after them.
            var at = line.TryGetProperty("at", out var noted) && noted.ValueKind == JsonValueKind.String && InstantText.TryParse(noted.GetString(), out var instant) ? instant : default;
            if (newest is null || at >= newest.Value.At)
            {
                newest = (at, line.GetProperty("sends").GetString() == "events");
            }
        }

        return newest?.Sends;
    }

    private void ReadWhatIsNew()
    {
        foreach (var name in Names())
        {
            var length = files.Identify(Path.Combine(_directory, name))?.Length ?? 0;
            if (_read.GetValueOrDefault(name) == length)
            {
                continue;
            }

            _read[name] = length;
            foreach (var line in LinesOf(name))
            {
                _known[line.GetProperty("instance").GetString()!] = new AppIdentity(
                    line.GetProperty("app").GetString()!, line.GetProperty("version").GetString()!, line.GetProperty("platform").GetString()!);
            }
        }
    }

    private IEnumerable<string> Names() => files.List(_directory)
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private IEnumerable<JsonElement> LinesOf(string name)
    {
        foreach (var line in System.Text.Encoding.UTF8.GetString(WholeFile.Read(files, Path.Combine(_directory, name))).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryParse(line) is { } parsed)
            {
                yield return parsed;
            }
        }
    }

    // A torn or foreign line says nothing of any start.
    private static JsonElement? TryParse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            string[] keys = ["instance", "app", "version", "platform", "sends"];
            return json.ValueKind == JsonValueKind.Object && keys.All(key => json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String)
                ? json.Clone()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
