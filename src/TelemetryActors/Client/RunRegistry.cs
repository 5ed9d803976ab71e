using System.Collections.Concurrent;

namespace TelemetryActors.Client;

/// <summary>The runs of this process that have begun and not ended.</summary>
/// <remarks>Thread-safe. Written down beside the log's end, so that whoever takes over after a crash knows which runs to close.</remarks>
internal sealed class RunRegistry
{
    private readonly ConcurrentDictionary<string, string> _agents = new(StringComparer.Ordinal);

    public IReadOnlyCollection<KeyValuePair<string, string>> Open => [.. _agents];

    public void Add(string runId, string agent) => _agents[runId] = agent;

    public void Remove(string runId) => _agents.TryRemove(runId, out _);
}
