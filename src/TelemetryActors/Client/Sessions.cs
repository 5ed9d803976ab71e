using System.Globalization;
using TelemetryActors.Encoding;
using TelemetryActors.Events;

namespace TelemetryActors.Client;

/// <summary>The session that events belong to (S2.18): a random name that says nothing about anyone, and an event at either end.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Sessions
{
    public const string StartName = "session.start";
    public const string EndName = "session.end";

    private readonly Lock _gate = new();
    private readonly EventWriter _writer;
    private readonly TelemetryOptions _options;
    private readonly string? _runId;
    private volatile EventScope _scope;
    private volatile string? _id;
    private long _startedStamp;

    /// <param name="writer">Takes the events.</param>
    /// <param name="options">Agent, clock and preset.</param>
    /// <param name="runId">The run that this process works for.</param>
    public Sessions(EventWriter writer, TelemetryOptions options, string? runId)
    {
        _writer = writer;
        _options = options;
        _runId = runId;
        _scope = Scope(null);
    }

    /// <summary>The session's name; null between two sessions.</summary>
    public string? Id => _id;

    /// <summary>What events carry that no run claims.</summary>
    public EventScope Current => _scope;

    /// <summary>Begins a session, ending the one before.</summary>
    public string Start()
    {
        lock (_gate)
        {
            End();
            var id = RandomBits.Next().ToString("x16", CultureInfo.InvariantCulture);
            _startedStamp = _options.Time.GetTimestamp();
            _scope = Scope(id);
            _id = id;
            Tell(StartName, []);
            return id;
        }
    }

    /// <summary>Ends the session, when there is one.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_id is null)
            {
                return;
            }

            Tell(EndName, [("duration_ms", _options.Time.GetElapsedTime(_startedStamp).TotalMilliseconds)]);
            _id = null;
            _scope = Scope(null);
        }
    }

    private void Tell(string name, params ReadOnlySpan<Field> fields)
    {
        if ((_options.TrackSessions ?? _options.Preset != TelemetryPreset.Small) && _writer.Admission.IsOpen)
        {
            _writer.Write(name, fields, _scope);
        }
    }

    // A run that this process only works for is numbered by its owner, not here.
    private EventScope Scope(string? sessionId) => new(_options.Agent, sessionId, _runId, ownsRun: false);
}
