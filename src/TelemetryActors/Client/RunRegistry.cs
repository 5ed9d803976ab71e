using System.Collections.Concurrent;
using TelemetryActors.Encoding;
using TelemetryActors.Engine;

namespace TelemetryActors.Client;

/// <summary>The runs of this process that have begun and not ended.</summary>
/// <remarks>Thread-safe. Written down beside the log's end, so that whoever takes over after a crash knows which runs to close.</remarks>
internal sealed class RunRegistry
{
    private readonly ConcurrentDictionary<string, (string Agent, AsciiCounter Sequence)> _runs = new(StringComparer.Ordinal);

    public IReadOnlyCollection<KeyValuePair<string, string>> Open => [.. _runs.Select(run => KeyValuePair.Create(run.Key, run.Value.Agent))];

    /// <summary>The open runs with how far each has come.</summary>
    public IReadOnlyCollection<OpenRun> Progress => [.. _runs.Select(run => new OpenRun(run.Key, run.Value.Agent, run.Value.Sequence.Value))];

    public void Add(string runId, string agent, AsciiCounter sequence) => _runs[runId] = (agent, sequence);

    public void Remove(string runId) => _runs.TryRemove(runId, out _);
}
