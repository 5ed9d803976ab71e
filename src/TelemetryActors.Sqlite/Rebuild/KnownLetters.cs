using System.Globalization;
using System.Text.Json;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Which events are, or were, dead letters of a sink: those in its file, those that were taken out for a retry, those that were thrown away.</summary>
internal sealed class KnownLetters
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private KnownLetters()
    {
    }

    /// <summary>Letters that stand in the file and are not taken out, those among them that cannot be read.</summary>
    public long Standing { get; private set; }

    /// <summary>Whether an event is known, by its stream and number.</summary>
    public bool Includes(string id) => _ids.Contains(id);

    /// <summary>Looks; the caller holds the sink's lock.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static KnownLetters Of(IFileSystem files, string baseDirectory, string sink, SinkState state)
    {
        var known = new KnownLetters();
        var letters = new TakenLetters(files, baseDirectory, sink);
        var streams = state.Redeliveries.Where(redelivery => redelivery.Origin == BatchOrigin.DeadLetters).Select(redelivery => redelivery.Account.Cursor.Stream).Concat(state.TakenOut);
        var taken = streams.Distinct().SelectMany(stream => letters.IdsFrom(new Cursor(stream, 0, 0))).ToHashSet(StringComparer.Ordinal);
        foreach (var line in FileLines.Of(files, SinkPaths.DeadLetters(baseDirectory, sink)))
        {
            var id = IdOf(line.Span);
            known.Standing += id is not null && taken.Contains(id) ? 0 : 1;
            known.Add(id);
        }

        foreach (var line in FileLines.Of(files, SinkPaths.Receipts(baseDirectory, sink)))
        {
            known.AddPurged(line);
        }

        known._ids.UnionWith(taken);
        return known;
    }

    // The event stands last: where it is damaged, what it is called can be read all the same.
    private static string? IdOf(ReadOnlySpan<byte> line)
    {
        string? stream = null;
        var reader = new Utf8JsonReader(line, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var (isStream, isOrdinal) = (reader.ValueTextEquals("stream"u8), reader.ValueTextEquals("ordinal"u8));
                if (!reader.Read())
                {
                    return null;
                }

                stream = isStream ? reader.GetString() : stream;
                if (isOrdinal)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{stream}-{reader.GetInt64()}");
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }

        return null;
    }

    private void Add(string? id)
    {
        if (id is not null)
        {
            _ids.Add(id);
        }
    }

    // A receipt that cannot be read says nothing: its letters come again rather than never.
    private void AddPurged(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            foreach (var id in document.RootElement.GetProperty("ids").EnumerateArray())
            {
                Add(id.GetString());
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return;
        }
    }
}
