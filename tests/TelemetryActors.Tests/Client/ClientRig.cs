using System.Text.Json;

namespace TelemetryActors.Tests.Client;

/// <summary>Clients on a temporary base directory, with an environment that the spec writes, and what they leave in the event log.</summary>
internal sealed class ClientRig : IDisposable
{
    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("client-");

    public Dictionary<string, string> Variables { get; } = [];

    public List<TelemetryFailure> Failures { get; } = [];

    public string BaseDirectory => _base.FullName;

    public string ConfigFile => Path.Combine(_base.FullName, "config.json");

    public TelemetryOptions Options(TelemetryPreset preset = TelemetryPreset.Small) => new()
    {
        Agent = "spec",
        BaseDirectory = _base.FullName,
        Preset = preset,
        Variables = Variables,
        OnFailure = failure =>
        {
            lock (Failures)
            {
                Failures.Add(failure);
            }
        },
    };

    public TelemetryClient Start(Action<TelemetryOptions>? configure = null, TelemetryPreset preset = TelemetryPreset.Small)
    {
        var options = Options(preset);
        configure?.Invoke(options);
        return TelemetryClient.Start(options);
    }

    /// <summary>The events in the log, in its order; anchors are none, and a line that is being written is not there yet.</summary>
    public IReadOnlyList<JsonElement> Events() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(_base.FullName, "raw"), "*.ndjson").Order(StringComparer.Ordinal)
            .SelectMany(WholeLines)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(json => NameOf(json) != "log_anchor"),
    ];

    public IReadOnlyList<string> Names() => [.. Events().Select(NameOf)];

    public void Dispose() => _base.Delete(recursive: true);

    private static string[] WholeLines(string file)
    {
        var text = File.ReadAllText(file);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string NameOf(JsonElement json) => json.GetProperty("event").GetString()!;
}
