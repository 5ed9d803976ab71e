using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using TelemetryActors.Client;
using TelemetryActors.Diagnostics;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Recording;
using TelemetryActors.Runs;

namespace TelemetryActors;

/// <summary>One piece of work of one agent, under way (S4.3-S4.6).</summary>
/// <remarks>
/// Thread-safe. Events recorded here carry the run's id and are numbered in the order of the log. A run that is disposed without an end
/// ends as <see cref="RunStatus.Success"/>, or as <see cref="RunStatus.Failed"/> after <see cref="Fail"/>; a process that dies leaves it to
/// whoever takes over its log, who closes it as abandoned.
/// </remarks>
public sealed class TelemetryRun : IRecorder, IAsyncDisposable, IDisposable
{
    private readonly EventWriter _writer;
    private readonly EventScope _scope;
    private readonly RunRegistry _registry;
    private readonly TimeProvider _time;
    private readonly long _startedStamp;
    private readonly DateTimeOffset _startedAt;
    private readonly KeyValuePair<string, string>[] _labels;

    // Guarded by _metrics.
    private readonly RunMetrics _metrics = new();
    private RunEnding _ending = new(RunStatus.Success);
    private bool _ended;

    internal TelemetryRun(EventWriter writer, RunRegistry registry, TimeProvider time, RunId id, string agent, string jobType, string? sessionId, RunLabels? labels)
    {
        _writer = writer;
        _registry = registry;
        _time = time;
        _startedStamp = time.GetTimestamp();
        _startedAt = time.GetUtcNow();
        _labels = labels is null ? [] : [.. labels];
        _scope = new EventScope(agent, sessionId, id.Text);
        Id = id.Text;
        Agent = agent;
        JobType = jobType;
        registry.Add(Id, agent, _scope.RunSequence!);
        Started = writer.WriteAlways(RunEvents.Start, StartDetails(), _scope);
    }

    /// <summary>The run's id: <c>YYYYMMDDTHHMMSSZ-agent-xxxxxxxx</c>.</summary>
    public string Id { get; }

    /// <summary>Who does the work.</summary>
    public string Agent { get; }

    /// <summary>What kind of work it is.</summary>
    public string JobType { get; }

    /// <summary>What became of the line that says the run began.</summary>
    public RecordResult Started { get; }

    /// <summary>Records an event of this run.</summary>
    public RecordResult Record(string name, params ReadOnlySpan<Field> fields) => _writer.Write(name, fields, _scope);

    /// <summary>Records an event of this run at a level: debug, info, warning, error, critical.</summary>
    public RecordResult RecordAt(string level, string name, params ReadOnlySpan<Field> fields) =>
        _writer.Write(name, fields, _scope, level);

    /// <summary>Records one measurement as an event of this run (S2.11); a metric of the run as a whole is set by <see cref="SetMetric"/>.</summary>
    /// <param name="name">What was measured, the event's name.</param>
    /// <param name="value">The value; NaN and the infinities are written as text.</param>
    /// <param name="unit">Its unit, such as <c>ms</c> or <c>By</c>; null for none.</param>
    public RecordResult RecordMetric(string name, double value, string? unit = null) => _writer.Write(name, MetricDetails.Of(value, unit), _scope);

    /// <summary>Records an error that was caught in this run, which goes on (S2.12); <see cref="Fail"/> says that the run failed.</summary>
    /// <param name="error">What was caught.</param>
    /// <param name="context">What the run was doing: <c>("step", "upload")</c>.</param>
    public RecordResult RecordError(Exception error, params ReadOnlySpan<Field> context) =>
        _writer.Write(ErrorDetails.EventName, ErrorDetails.Of(error, context), _scope, "error");

    /// <inheritdoc />
    public RecordResult RecordFields(string name, IReadOnlyDictionary<string, object?>? details = null) =>
        _writer.Write(name, details, _scope);

    /// <summary>Records an event whose details are an object, without reflection.</summary>
    public RecordResult RecordObject<T>(string name, T details, JsonTypeInfo<T> type) => _writer.Write(name, details, type, _scope);

    /// <summary>Records an event whose details are an object.</summary>
    [RequiresUnreferencedCode("The object's properties are found by reflection; use the overload with a JsonTypeInfo when trimming.")]
    [RequiresDynamicCode("The object's properties are found by reflection; use the overload with a JsonTypeInfo with native AOT.")]
    public RecordResult RecordObject(string name, object? details) => _writer.WriteReflected(name, details, _scope);

    /// <summary>Sets a metric of the run; a run has at most 256.</summary>
    /// <returns>False when it was refused: too many, no name, not a finite number.</returns>
    public bool SetMetric(string name, MetricValue value)
    {
        lock (_metrics)
        {
            return !_ended && _metrics.Set(name, value);
        }
    }

    /// <summary>Adds to a metric of the run.</summary>
    /// <returns>False when it was refused.</returns>
    public bool IncrementMetric(string name, double by = 1)
    {
        lock (_metrics)
        {
            return !_ended && _metrics.Increment(name, by);
        }
    }

    /// <summary>Writes the metrics so far to the log, for those who watch a long run.</summary>
    public RecordResult ReportMetrics()
    {
        IReadOnlyDictionary<string, object?> details;
        lock (_metrics)
        {
            details = new Dictionary<string, object?> { [RunEvents.Metrics] = MetricsNow() };
        }

        return _writer.WriteAlways(RunEvents.MetricsChanged, details, _scope);
    }

    /// <summary>Says how the run will end unless an end says otherwise: failed, for this reason (S4.20).</summary>
    public void Fail(string? error = null)
    {
        lock (_metrics)
        {
            _ending = new RunEnding(RunStatus.Failed) { Error = error };
        }
    }

    /// <summary>Ends the run; a second end does nothing, unless the first was refused.</summary>
    /// <param name="status">How it went; <see cref="RunStatus.Running"/> is no end, nor is a number that is no status: they are refused, and the run goes on.</param>
    /// <param name="error">What went wrong, in words; redacted like every text.</param>
    public RecordResult End(RunStatus status = RunStatus.Success, string? error = null) => End(new RunEnding(status) { Error = error });

    /// <summary>Ends the run with everything that is to be said of its end; a second end does nothing, unless the first was refused.</summary>
    public RecordResult End(RunEnding ending) => End(ending, _time.GetTimestamp());

    /// <summary>Ends the run as of a moment that is past.</summary>
    internal RecordResult End(RunEnding ending, long endedStamp)
    {
        if (ending is null or { Status: RunStatus.Running } || !Enum.IsDefined(ending.Status))
        {
            return RecordResult.Refused(DropReason.Invalid, "the end of a run says how it went; the run goes on");
        }

        var duration = _time.GetElapsedTime(_startedStamp, endedStamp);
        IReadOnlyDictionary<string, object?> details;
        lock (_metrics)
        {
            if (_ended)
            {
                return RecordResult.Accepted;
            }

            details = EndDetails(ending, duration);
            _ended = true;
        }

        var result = _writer.WriteAlways(RunEvents.End, details, _scope);
        if (!result.IsAccepted)
        {
            // Still open for a second try, and for whoever takes over the log.
            lock (_metrics)
            {
                _ended = false;
            }

            return result;
        }

        // Forgotten only behind its end line: a crash in between closes it once more, and a second end changes nothing.
        _registry.Remove(Id);
        return result;
    }

    /// <summary>Ends the run, unless it has ended.</summary>
    public void Dispose()
    {
        RunEnding ending;
        lock (_metrics)
        {
            ending = _ending;
        }

        End(ending);
    }

    /// <summary>Ends the run, unless it has ended.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private Dictionary<string, object?> StartDetails()
    {
        var details = new Dictionary<string, object?> { [RunEvents.AgentName] = Agent, [RunEvents.JobType] = JobType };
        foreach (var (name, text) in _labels)
        {
            details[name] = text;
        }

        return details;
    }

    private Dictionary<string, object?> EndDetails(RunEnding ending, TimeSpan duration)
    {
        // How it ended stands first, so that nothing long before it has it cut off. Everything once more: the start may be far away in the log, or gone.
        var details = new Dictionary<string, object?>
        {
            [RunEvents.Status] = ending.Status.ToText(),
            [RunEvents.DurationMs] = Math.Max(duration.TotalMilliseconds, 0),
            [RunEvents.StartTime] = _startedAt,
        };
        foreach (var (name, value) in StartDetails())
        {
            details.TryAdd(name, value);
        }

        foreach (var (name, text) in ending.Texts())
        {
            details[name] = text;
        }

        if (_metrics.Count > 0)
        {
            details[RunEvents.Metrics] = MetricsNow();
        }

        return details;
    }

    private Dictionary<string, object?> MetricsNow() =>
        _metrics.ToDictionary().ToDictionary(metric => metric.Key, metric => metric.Value.Text is { } text ? (object?)text : metric.Value.Number);
}
