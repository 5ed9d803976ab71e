using System.Text.Json;
using TelemetryActors.TestKit;

namespace TelemetryActors.Tests.Client;

/// <summary>Clients on a temporary base directory, with an environment that the spec writes, and what they leave in the event log.</summary>
internal sealed class ClientRig : IDisposable
{
    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("client-");
    private readonly List<TelemetryFailure> _failures = [];

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What was told until now.</summary>
    public List<TelemetryFailure> Failures
    {
        get
        {
            lock (_failures)
            {
                return [.. _failures];
            }
        }
    }

    public string BaseDirectory => _base.FullName;

    public string ConfigFile => Path.Combine(_base.FullName, "config.json");

    public TelemetryOptions Options(TelemetryPreset preset = TelemetryPreset.Small) => new()
    {
        Agent = "spec",
        BaseDirectory = _base.FullName,
        Preset = preset,
        Variables = Variables,

        // A busy machine takes longer than a program waits for what is done beside it: no spec is about that which does not say so.
        StartBudget = Eventually.DefaultBound,
        ShutdownBudget = Eventually.DefaultBound,
        CommitPatience = Eventually.DefaultBound,
        OnFailure = failure =>
        {
            lock (_failures)
            {
                _failures.Add(failure);
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
        .. LogFiles().Order(StringComparer.Ordinal)
            .SelectMany(WholeLines)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(json => NameOf(json) != "log_anchor"),
    ];

    public IReadOnlyList<string> Names() => [.. Events().Select(NameOf)];

    public void Dispose() => _base.Delete(recursive: true);

    private string[] LogFiles() => Path.Combine(_base.FullName, "raw") is var raw && Directory.Exists(raw) ? Directory.GetFiles(raw, "*.ndjson") : [];

    private static string[] WholeLines(string file)
    {
        var text = File.ReadAllText(file);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string NameOf(JsonElement json) => json.GetProperty("event").GetString()!;
}
