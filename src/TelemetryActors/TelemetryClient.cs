using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Diagnostics;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Recording;
using TelemetryActors.Runs;
using TelemetryActors.Supervision;

namespace TelemetryActors;

/// <summary>Records events and runs, and hands them to the sinks. One a process is enough.</summary>
/// <remarks>
/// Thread-safe. After <see cref="Start(TelemetryOptions)"/> nothing throws: what happened to an event is its result. An accepted event survives the
/// death of the process where its ring has a file, on tmpfs or a local disk; <see cref="FlushAsync"/> makes it survive the machine. Dispose it at the end; what is not delivered by then
/// waits for the next start.
/// </remarks>
public sealed class TelemetryClient : IRecorder, IAsyncDisposable, IDisposable
{
    /// <summary>The environment variable that names the run a process works for.</summary>
    public const string RunVariable = "TELEMETRY_RUN_ID";

    // A run without a name is a fault of the program, and no reason to end it.
    private const string Unnamed = "unnamed";

    // The longest that a timer takes, some 24 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue);

    private static readonly TimeSpan CrashFlushBudget = TimeSpan.FromSeconds(1);

    private readonly TelemetryOptions _options;
    private readonly EventWriter _writer;
    private readonly Sessions _sessions;
    private readonly ClientSettings _settings;
    private readonly RunRegistry _runs;
    private readonly LocalPipeline _pipeline;
    private readonly RunCommits _commits;
    private int _ended;

    internal TelemetryClient(
        TelemetryOptions options, EventWriter writer, RunRegistry runs, LocalPipeline pipeline, ClientSettings settings, ConsentStore consent)
    {
        _options = options;
        _writer = writer;
        _runs = runs;
        _pipeline = pipeline;
        _settings = settings;
        Consent = consent;
        _commits = new RunCommits(options.WorkingDirectory, (run, commit, labels) => RecordCommit(run, commit, labels), options.CommitPatience);
        _sessions = new Sessions(writer, options, JoinedRun(options));
        _sessions.Start();
        if (options.RecordCrashes)
        {
            CrashWatch.Add(this);
        }
    }

    /// <summary>Names the session that events belong to, at random and saying nothing of anyone (S2.18, S3.29); null between two sessions.</summary>
    public string? SessionId => _sessions.Id;

    /// <summary>The recorded consent to uploads, and how to give it and take it back (S2.61).</summary>
    public ConsentStore Consent { get; }

    /// <summary>The directory that holds everything.</summary>
    public string BaseDirectory => _pipeline.Base.Path;

    /// <summary>Every sink as its supervisor sees it now, the event log first (SK.9).</summary>
    public IReadOnlyList<SinkStatus> Sinks => _pipeline.Sinks;

    /// <summary>Events whose details were cut to keep the line within its limit of 64 KiB or an eighth of the ring; they end with <c>"_truncated":true</c>.</summary>
    public long Truncated => _writer.Cut;

    /// <summary>Events that were refused at the door, by reason.</summary>
    public IReadOnlyDictionary<DropReason, long> Refused => _writer.Refused.Snapshot();

    /// <summary>How long a run of another process may be silent.</summary>
    internal TimeSpan RunLease => _options.RunLease;

    /// <summary>Whether it ends, or has ended.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended) != 0;

    internal LocalPipeline Pipeline => _pipeline;

    internal EventWriter Writer => _writer;

    internal TelemetryOptions Options => _options;

    /// <summary>Starts with the defaults: base directory found, event log on, nothing else needed.</summary>
    /// <param name="agent">The name of the agent or service.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ArgumentException">Programming errors in the options, all at once, each with its path.</exception>
    public static TelemetryClient Start(string agent, Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions { Agent = agent };
        configure?.Invoke(options);
        return Start(options);
    }

    /// <summary>Starts with these options.</summary>
    /// <exception cref="ArgumentException">Programming errors in the options, all at once, each with its path.</exception>
    public static TelemetryClient Start(TelemetryOptions options) => ClientStart.Start(options);

    /// <summary>Records an event now: <c>Record("service_ready", ("service_id", "api"), ("ms", 41))</c>.</summary>
    /// <remarks>Well under a microsecond; allocates nothing in steady state; waits at most <see cref="TelemetryOptions.MaxWait"/> a stall when the ring is full.</remarks>
    public RecordResult Record(string name, params ReadOnlySpan<Field> fields) => _writer.Write(name, fields, _sessions.Current);

    /// <summary>Records an event at a level: debug, info, warning, error, critical.</summary>
    public RecordResult RecordAt(string level, string name, params ReadOnlySpan<Field> fields) =>
        _writer.Write(name, fields, _sessions.Current, level);

    /// <summary>Records an event that concerns a user, whose events are found by this id.</summary>
    public RecordResult RecordFor(string userId, string name, params ReadOnlySpan<Field> fields) =>
        _writer.Write(name, fields, _sessions.Current, userId: userId);

    /// <summary>Records one measurement: an event of the metric's name with details <c>value</c> and <c>unit</c> (S2.11), as <c>RecordMetric("api.latency", 150, "ms")</c>.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="value">The value; NaN and the infinities are written as text.</param>
    /// <param name="unit">Its unit, such as <c>ms</c> or <c>By</c>; null for none.</param>
    public RecordResult RecordMetric(string name, double value, string? unit = null) =>
        _writer.Write(name, MetricDetails.Of(value, unit), _sessions.Current);

    /// <summary>Records an error that the program caught: an <c>error</c> event at level error, with its message, type and stack behind the fields given (S2.12).</summary>
    /// <param name="error">What was caught.</param>
    /// <param name="context">What the program was doing: <c>("context", "api-call")</c>.</param>
    public RecordResult RecordError(Exception error, params ReadOnlySpan<Field> context) =>
        _writer.Write(ErrorDetails.EventName, ErrorDetails.Of(error, context), _sessions.Current, "error");

    /// <inheritdoc />
    public RecordResult RecordFields(string name, IReadOnlyDictionary<string, object?>? details = null) => _writer.Write(name, details, _sessions.Current);

    /// <summary>Records an event whose details are an object, without reflection.</summary>
    public RecordResult RecordObject<T>(string name, T details, JsonTypeInfo<T> type) => _writer.Write(name, details, type, _sessions.Current);

    /// <summary>Records an event whose details are an object.</summary>
    [RequiresUnreferencedCode("The object's properties are found by reflection; use the overload with a JsonTypeInfo when trimming.")]
    [RequiresDynamicCode("The object's properties are found by reflection; use the overload with a JsonTypeInfo with native AOT.")]
    public RecordResult RecordObject(string name, object? details) => _writer.WriteReflected(name, details, _sessions.Current);

    /// <summary>Begins a run (S4.3). Dispose or end it.</summary>
    /// <param name="agent">Who does the work.</param>
    /// <param name="jobType">What kind of work it is.</param>
    /// <param name="labels">What else is known of it.</param>
    public TelemetryRun StartRun(string agent, string jobType, RunLabels? labels = null)
    {
        if (agent is null || jobType is null)
        {
            FailureListener.Tell(_options.OnFailure, new TelemetryFailure("run", $"A run was started without an agent or a job type; it is recorded as \"{Unnamed}\"."));
        }

        var cleanAgent = _writer.Clean(agent ?? Unnamed);
        return StartRun(
            RunId.Create(cleanAgent, _options.Time.GetUtcNow(), (uint)Random.Shared.NextInt64(1L << 32)), cleanAgent, jobType ?? Unnamed, labels);
    }

    /// <summary>Runs a delegate as a run: success, failed and thrown again, or cancelled, by how it ends (S4.6, S4.20).</summary>
    public async Task RunAsync(string agent, string jobType, Func<TelemetryRun, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var run = StartRun(agent, jobType);
        try
        {
            await work(run).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (exception.InnerException is not TimeoutException)
        {
            // Nobody has cancelled what ran out of time: so HttpClient says it.
            run.End(RunStatus.Cancelled, ThrownText.MessageOf(exception));
            throw;
        }
        catch (Exception exception)
        {
            run.End(RunStatus.Failed, ThrownText.Of(exception));
            throw;
        }
    }

    /// <summary>Ties a run of any process, ended or not, to a git commit, by an event of its own (U.1).</summary>
    /// <param name="runId">The run.</param>
    /// <param name="commitHash">The commit.</param>
    /// <param name="labels">What else is known of the commit: any of the labels that begin with <c>git_</c>.</param>
    public RecordResult RecordCommit(string runId, string commitHash, RunLabels? labels = null)
    {
        var details = new Dictionary<string, object?> { [RunEvents.CommitHash] = commitHash };
        foreach (var (name, text) in labels ?? [])
        {
            details[name] = text;
        }

        return _writer.WriteUnsampled(RunEvents.Commit, new DictionaryDetails(details), new EventScope(_options.Agent, SessionId, runId, ownsRun: false));
    }

    /// <summary>Waits until every event accepted before the call is fsynced in the event log.</summary>
    /// <param name="cancellation">Ends the wait, not the flush.</param>
    /// <returns>Durable, or why not; at once when the event log cannot be written now.</returns>
    /// <remarks>A disk that hangs is waited for until the log has not moved for 30 s, and about a second more until that is seen; the first to wait may thus wait that long.</remarks>
    public async ValueTask<FlushResult> FlushAsync(CancellationToken cancellation = default)
    {
        var flushed = _pipeline.FlushAsync();
        return flushed.IsCompletedSuccessfully ? flushed.Result : await flushed.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends what is there to the named sinks, or to all when none is named, without waiting for batches to fill.</summary>
    /// <param name="timeout">How long to wait; a negative time is none, <see cref="Timeout.InfiniteTimeSpan"/> and more than 24 days are 24 days.</param>
    /// <param name="sinks">The names; none for all.</param>
    /// <returns>
    /// Whether everything this process recorded before the call was settled in time: taken by the sink, set aside as a dead letter, or held back by the sink's privacy policy. Settled is not sent. False
    /// when time was over, a sink was paused, its circuit open, or nobody here runs it, when it discarded events during the call, or when there is no sink of a name.
    /// What was discarded before the call counts as settled; the counts are in <c>telemetry sinks</c>.
    /// </returns>
    public Task<bool> FlushSinksAsync(TimeSpan timeout, params IReadOnlyCollection<string> sinks) =>
        _pipeline.FlushSinksAsync(sinks ?? [], timeout == Timeout.InfiniteTimeSpan || timeout > LongestWait ? LongestWait : timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);

    /// <summary>Asks a sink's supervisor for something, with who asked and why: it is carried out within a second and kept as the audit trail.</summary>
    /// <remarks>
    /// Where there is no such sink nothing is asked, nor is the event log paused: recording and all other sinks live on it. <see cref="TelemetryOptions.OnFailure"/> is told of both.
    /// Both texts are kept redacted, but for an e-mail address of who asks.
    /// </remarks>
    public void Command(string sink, SinkCommandKind kind, string who, string? why = null) =>
        _pipeline.Command(sink, new SinkCommand(kind, who, _options.Time.GetUtcNow(), why));

    /// <summary>Begins a session under a new random name, ending the one before; a client begins with one (S2.18).</summary>
    /// <returns>The session's name.</returns>
    public string StartSession() => _sessions.Start();

    /// <summary>Ends the session: events belong to none until another is started.</summary>
    public void EndSession() => _sessions.End();

    /// <summary>Every setting as it is now, and where it comes from (S2.15).</summary>
    public TelemetryConfig GetConfig() => _settings.Config;

    /// <summary>Changes settings that need no restart (S2.16): all that the delegate sets, or nothing.</summary>
    /// <returns>What is wrong with the change; empty when it is in effect.</returns>
    public IReadOnlyList<string> UpdateConfig(Action<ConfigUpdate> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _settings.Update(change);
    }

    /// <summary>The bytes that wait in the ring for the event log, and the bytes it can hold (S2.17).</summary>
    public BufferStatus GetBufferStatus()
    {
        var ring = _pipeline.Slot.Ring;
        return new BufferStatus(Math.Clamp(ring.Tail.Position - ring.Head, 0, ring.Capacity), ring.Capacity);
    }

    /// <summary>Ends within <see cref="TelemetryOptions.ShutdownBudget"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _sessions.End();
            CrashWatch.Remove(this, _options);
            await _pipeline.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends within <see cref="TelemetryOptions.ShutdownBudget"/>.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Records what ends the process, and waits for the device as long as a dying process may: in the ring it is at once.</summary>
    internal void RecordCrash(Exception exception)
    {
        _writer.WriteUnsampled(StandardEvents.RuntimeError, new FieldDetails(CrashDetails.Of(exception, _options.Time.GetUtcNow())), _sessions.Current, "critical");
        _pipeline.NoteCrash(CrashFlushBudget);
    }

    private static string? JoinedRun(TelemetryOptions options)
    {
        var named = options.JoinRun ?? Environment.GetEnvironmentVariable(RunVariable);
        return named is not null && RunId.TryParse(named, out var id, out _) ? id.Text : null;
    }

    internal TelemetryRun StartRun(RunId id, string agent, string jobType, RunLabels? labels) =>
        new(_writer, _runs, _options.Time, id, agent, jobType, SessionId, _options.TrackGit ? _commits.Label(id.Text, labels) : labels);
}
