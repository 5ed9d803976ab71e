using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Log;

/// <summary>What a writer slot remembers of its log: the stream, how it ended, and the anchors as far as they are known.</summary>
/// <param name="Stream">The slot's stream.</param>
/// <param name="IsClean">Whether the last writer ended in order, and nothing is to be looked for in its ring: what of it is not in the log is counted in <see cref="UntoldGap"/>, or stands in another ring.</param>
/// <param name="RetainedFrom">Positions below were removed by retention.</param>
/// <param name="End">Behind the newest event known when this was written.</param>
/// <param name="Stretches">The stretches known then.</param>
/// <param name="OpenRuns">The runs that may have been open there, with their agents.</param>
internal sealed record LogState(StreamId Stream, bool IsClean, long RetainedFrom, Cursor End, ImmutableArray<LogStretch> Stretches,
    IReadOnlyList<KeyValuePair<string, string>> OpenRuns)
{
    /// <summary>What is missing right before the end and no anchor has said yet, because nothing was written behind it.</summary>
    public LogGap? UntoldGap { get; init; }

    /// <summary>The event log's circuit as it was when this was written; null while it is closed.</summary>
    public CircuitRecord? Circuit { get; init; }

    /// <summary>Events that an fsync failed for and that could not be written again, over all writers of the slot: whether the device has them is unknown.</summary>
    public long InDoubt { get; init; }

    /// <summary>Whether an fsync failed and nothing has come to the device in another file since: none of those there may be gone on with.</summary>
    public bool HasFailedSync { get; init; }

    /// <summary>Where the writer's ring is, or was when it ended in order: one that died before it could delete it is found there. Null when it had none in a file.</summary>
    public RingPlace? Ring { get; init; }

    /// <summary>The instance in the ids of the events that the slot's process recorded; null when they are of several, or it is not known.</summary>
    public string? Writer { get; init; }

    private const int Version = 1;

    public byte[] Encode()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("stream", Stream.ToString());
            json.WriteBoolean("clean", IsClean);
            json.WriteNumber("retained_from", RetainedFrom);
            json.WriteNumber("position", End.Position);
            json.WriteNumber("ordinal", End.Ordinal);
            if (Writer is not null)
            {
                json.WriteString("writer", Writer);
            }

            Ring?.WriteTo(json);
            if (InDoubt > 0)
            {
                json.WriteNumber("in_doubt", InDoubt);
            }

            if (HasFailedSync)
            {
                json.WriteBoolean("failed_sync", true);
            }

            if (UntoldGap is { } untold)
            {
                json.WriteStartObject("untold_gap");
                untold.WriteTo(json);
                json.WriteEndObject();
            }

            if (Circuit is { } circuit)
            {
                CircuitFormat.Write(json, circuit);
            }

            json.WriteStartArray("stretches");
            foreach (var stretch in Stretches)
            {
                json.WriteStartObject();
                json.WriteString("file", stretch.File);
                json.WriteNumber("offset", stretch.Offset);
                json.WriteNumber("position", stretch.Start.Position);
                json.WriteNumber("ordinal", stretch.Start.Ordinal);
                json.WriteNumber("length", stretch.Length);
                json.WriteNumber("count", stretch.Count);
                if (stretch.Generation > 0)
                {
                    json.WriteNumber("rewrite", stretch.Generation);
                }

                stretch.Gap?.WriteTo(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("open_runs");
            foreach (var (run, agent) in OpenRuns)
            {
                json.WriteString(run, agent);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a state; null when it is damaged, which costs a scan of the files and nothing else.</summary>
    public static LogState? TryParse(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version
                || !StreamId.TryParse(root.GetProperty("stream").GetString(), CultureInfo.InvariantCulture, out var stream))
            {
                return null;
            }

            // Loops, because a start reads this: what LINQ needs for JSON's own types would have to be compiled then.
            var stretches = new List<LogStretch>();
            foreach (var item in root.GetProperty("stretches").EnumerateArray())
            {
                stretches.Add(new LogStretch(
                    item.GetProperty("file").GetString() ?? throw new FormatException("a stretch without a file"),
                    Number(item, "offset"),
                    new Cursor(stream, Number(item, "position"), Number(item, "ordinal")),
                    Number(item, "length"),
                    Number(item, "count"),
                    LogGap.TryRead(item),
                    item.TryGetProperty("rewrite", out var rewrite) ? rewrite.GetInt32() : 0));
            }

            var runs = root.GetProperty("open_runs");
            var open = new KeyValuePair<string, string>[runs.GetPropertyCount()];
            var at = 0;
            foreach (var run in runs.EnumerateObject())
            {
                open[at++] = new KeyValuePair<string, string>(run.Name, run.Value.GetString() ?? "");
            }

            return new LogState(
                stream,
                root.GetProperty("clean").GetBoolean(),
                Number(root, "retained_from"),
                new Cursor(stream, Number(root, "position"), Number(root, "ordinal")),
                [.. stretches],
                open)
            {
                Ring = RingPlace.TryRead(root),
                Writer = root.TryGetProperty("writer", out var writer) ? writer.GetString() : null,
                InDoubt = root.TryGetProperty("in_doubt", out _) ? Number(root, "in_doubt") : 0,
                HasFailedSync = root.TryGetProperty("failed_sync", out var failed) && failed.GetBoolean(),
                UntoldGap = root.TryGetProperty("untold_gap", out var untold) ? LogGap.TryRead(untold) : null,
                Circuit = root.TryGetProperty("circuit", out var circuit) ? CircuitFormat.Read(circuit) : null,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static long Number(JsonElement element, string name) =>
        element.GetProperty(name).GetInt64() is >= 0 and < Cursor.Limit and var number ? number : throw new FormatException($"{name} is out of range");
}
