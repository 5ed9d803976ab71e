using System.Text.Json;
using TelemetryActors.Encoding;

namespace TelemetryActors.Runs;

/// <summary>The details of a run's line, read key by key; a value of the wrong kind, or half a character in a text, is as good as none.</summary>
internal sealed class RunDetails : IDisposable
{
    private readonly JsonDocument _document;
    private readonly Dictionary<string, JsonElement> _members;

    private RunDetails(JsonDocument document)
    {
        _document = document;
        _members = MembersOf(document.RootElement);
    }

    public static RunDetails Of(in EventLine line) =>
        new(JsonDocument.Parse(line.Details, new JsonDocumentOptions { MaxDepth = JsonLine.MaxDepth }));

    public string? Text(string name) => _members.TryGetValue(name, out var value) ? TextOf(value) : null;

    public double? Number(string name) =>
        _members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())
            ? value.GetDouble()
            : null;

    /// <summary>The metrics' numbers and texts; a truth counts as 1 or 0.</summary>
    public IEnumerable<KeyValuePair<string, MetricValue>> Metrics()
    {
        if (!_members.TryGetValue(RunEvents.Metrics, out var metrics) || metrics.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        foreach (var (name, value) in MembersOf(metrics))
        {
            if (MetricOf(value) is { } metric)
            {
                yield return new(name, metric);
            }
        }
    }

    public void Dispose() => _document.Dispose();

    private static Dictionary<string, JsonElement> MembersOf(JsonElement value)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (Decoded(() => member.Name) is { } name)
            {
                members[name] = member.Value;
            }
        }

        return members;
    }

    private static MetricValue? MetricOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => TextOf(value) is { } text ? MetricValue.FromString(text) : default(MetricValue?),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => default(MetricValue?),
    };

    private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? Decoded(value.GetString) : null;

    // An escaped half of a surrogate pair is JSON by its grammar and no text; the reader throws only when it is asked for it.
    private static string? Decoded(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
