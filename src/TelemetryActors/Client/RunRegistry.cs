using TelemetryActors.Encoding;
using TelemetryActors.Engine;

namespace TelemetryActors.Client;

/// <summary>The runs of this process that have begun and not ended.</summary>
/// <remarks>Thread-safe. Written down beside the log's end, so that whoever takes over after a crash knows which runs to close.</remarks>
internal sealed class RunRegistry
{
    // A plain dictionary of references: a concurrent one of tuples would have to be compiled at each start.
    private readonly Dictionary<string, OwnRun> _runs = new(StringComparer.Ordinal);

    public IReadOnlyCollection<KeyValuePair<string, string>> Open
    {
        get
        {
            lock (_runs)
            {
                var open = new KeyValuePair<string, string>[_runs.Count];
                var at = 0;
                foreach (var run in _runs.Values)
                {
                    open[at++] = new KeyValuePair<string, string>(run.Id, run.Agent);
                }

                return open;
            }
        }
    }

    /// <summary>The open runs with how far each has come.</summary>
    public IReadOnlyCollection<OpenRun> Progress
    {
        get
        {
            lock (_runs)
            {
                return [.. _runs.Values.Select(run => new OpenRun(run.Id, run.Agent, run.Sequence.Value))];
            }
        }
    }

    public void Add(string runId, string agent, AsciiCounter sequence)
    {
        lock (_runs)
        {
            _runs[runId] = new OwnRun(runId, agent, sequence);
        }
    }

    public void Remove(string runId)
    {
        lock (_runs)
        {
            _runs.Remove(runId);
        }
    }

    private sealed class OwnRun(string id, string agent, AsciiCounter sequence)
    {
        public string Id { get; } = id;

        public string Agent { get; } = agent;

        public AsciiCounter Sequence { get; } = sequence;
    }
}
