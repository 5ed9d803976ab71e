using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Ring;
using TelemetryActors.Runs;

namespace TelemetryActors.Client;

/// <summary>The caller's path: admission, encoding, the ring. Nothing else happens on the caller's thread.</summary>
/// <remarks>Thread-safe; never throws; allocates nothing for typed fields.</remarks>
internal sealed class EventWriter(EventEncoder encoder, EventRing ring, TimeProvider time, Action<TelemetryFailure> onFailure)
{
    // A move copies what the old ring holds, at memory's speed; who waits for longer than this waits for something else.
    private static readonly TimeSpan LongestMove = TimeSpan.FromMilliseconds(50);

    private readonly object _moving = new();
    private volatile EventRing _ring = ring;
    private volatile bool _isMoving;
    private long _cut;
    private volatile Admission _admission = new(WhyShut: null, Sampler: null);

    public DropCounters Refused { get; } = new();

    /// <summary>Events whose details were cut and that were accepted.</summary>
    public long Cut => Volatile.Read(ref _cut);

    /// <summary>A text without what is redacted, for names that are encoded once.</summary>
    public string Clean(string text) => encoder.Clean(text);

    public Admission Admission
    {
        get => _admission;
        set => _admission = value;
    }

    public RecordResult Write<TDetails>(string? name, TDetails details, EventScope scope, string? level = null, string? userId = null)
        where TDetails : IDetails, allows ref struct
    {
        var refusal = Admit(name, out var weight);
        return refusal == DropReason.None
            ? Append(name, details, new EventContext(scope, time.GetUtcNow(), level, userId, weight), mayWait: true)
            : Refuse(refusal);
    }

    /// <summary>The same for typed fields, which nearly all events have: a method that is no generic one is there when a compiled assembly starts.</summary>
    public RecordResult Write(string? name, ReadOnlySpan<Field> fields, EventScope scope, string? level = null, string? userId = null)
    {
        var refusal = Admit(name, out var weight);
        return refusal == DropReason.None
            ? Append(name, fields, new EventContext(scope, time.GetUtcNow(), level, userId, weight))
            : Refuse(refusal);
    }

    public RecordResult Write(string? name, IReadOnlyDictionary<string, object?>? details, EventScope scope)
    {
        var refusal = Admit(name, out var weight);
        if (refusal != DropReason.None)
        {
            return Refuse(refusal);
        }

        try
        {
            var context = new EventContext(scope, time.GetUtcNow(), Weight: weight);
            return details is null ? Append(name, ReadOnlySpan<Field>.Empty, context) : Append(name, new DictionaryDetails(details), context, mayWait: true);
        }
        catch (Exception exception)
        {
            return RefuseBroken(name, exception);
        }
    }

    public RecordResult Write<T>(string? name, T details, JsonTypeInfo<T> type, EventScope scope) =>
        WriteJson(name, () => JsonSerializer.SerializeToDocument(details, type), scope);

    [RequiresUnreferencedCode("The object's properties are found by reflection.")]
    [RequiresDynamicCode("The object's properties are found by reflection.")]
    public RecordResult WriteReflected(string? name, object? details, EventScope scope) =>
        WriteJson(name, () => JsonSerializer.SerializeToDocument(details, details?.GetType() ?? typeof(object)), scope);

    /// <summary>Writes a line that no sampler leaves out and that is no part of a run's life here: a crash, a commit.</summary>
    public RecordResult WriteUnsampled<TDetails>(string name, TDetails details, EventScope scope, string? level = null)
        where TDetails : IDetails, allows ref struct =>
        _admission.IsOpen ? Append(name, details, new EventContext(scope, time.GetUtcNow(), level), mayWait: true) : Refuse(DropReason.Disabled);

    /// <summary>Told of every line of a run's life after it was accepted, with the run's id, on the caller's thread; null: nobody is.</summary>
    public Action<string, ReadOnlyMemory<byte>>? OnRunLine { get; set; }

    /// <summary>Writes a line that no sampler leaves out: a run's start, metrics and end.</summary>
    public RecordResult WriteAlways(string name, IReadOnlyDictionary<string, object?> details, EventScope scope)
    {
        var result = WriteOfRun(name, details, scope, mayWait: true, out var line);
        if (result.IsAccepted)
        {
            OnRunLine?.Invoke(scope.RunId!, line);
        }

        return result;
    }

    /// <summary>Ends a run of a dead writer's that nobody ends any more.</summary>
    /// <returns>False when there is no room, or nothing is taken now: who asks keeps the run and tries again, so that is not counted.</returns>
    public bool TryWriteAbandoned(string runId, string agent, string cause)
    {
        var reason = PlaceOfRun(RunEvents.End, AbandonedDetails(agent, cause), new EventScope(agent, null, runId, ownsRun: false), mayWait: true, out var line);
        if (reason == DropReason.None)
        {
            OnRunLine?.Invoke(runId, line);
        }
        else if (reason == DropReason.Invalid)
        {
            Refuse(reason);
        }

        return reason is DropReason.None or DropReason.Invalid;
    }

    /// <summary>Ends a run in a ring that nobody else records to, without a wait.</summary>
    /// <returns>False when the ring does not take it now.</returns>
    public bool TryWriteAbandoned(EventRing beside, string runId, string agent, string cause)
    {
        var scope = new EventScope(agent, null, runId, ownsRun: false);
        var line = encoder.Encode(RunEvents.End, new DictionaryDetails(AbandonedDetails(agent, cause)), new EventContext(scope, time.GetUtcNow()));
        return !line.IsValid || beside.AppendWithoutWaiting(line.Bytes, scope) is DropReason.None or DropReason.Invalid;
    }

    /// <summary>Ends a run of another process that was not heard of any more; who runs it may still come back.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="agent">Who ran it.</param>
    /// <param name="cause">Why, for people.</param>
    /// <param name="mayWait">Whether the caller may wait for room.</param>
    /// <param name="line">The line as it was appended; empty when it was refused.</param>
    public RecordResult WriteAbandoned(string runId, string agent, string cause, bool mayWait, out ReadOnlyMemory<byte> line) =>
        WriteOfRun(RunEvents.End, AbandonedDetails(agent, cause), new EventScope(agent, null, runId, ownsRun: false), mayWait, out line);

    /// <summary>Writes an event that was recorded elsewhere, redacted like all others; its time, level, run, number and id stay. No sampler leaves it out.</summary>
    /// <remarks>All of it or nothing: who has it can keep what is refused, so nothing of it is cut.</remarks>
    public RecordResult WriteForeign(in EventLine line, string id, DateTimeOffset received)
    {
        if (!_admission.IsOpen)
        {
            return Refuse(DropReason.Disabled);
        }

        using var details = JsonDocument.Parse(line.Details, new JsonDocumentOptions { MaxDepth = JsonLine.MaxDepth });
        var context = new EventContext(
            EventScope.OfForeign(line, id, received), line.Timestamp, line.Level, line.UserId, (int)Math.Min(line.Weight, int.MaxValue));
        var encoded = encoder.Encode(line.Event, new JsonDetails(details.RootElement), context);
        if (!encoded.IsValid || encoded.IsCut)
        {
            return Refuse(DropReason.Invalid) with
            {
                Detail = EventEncoder.NameFault(line.Event) ?? $"as an event of the log the line is longer than {encoder.MaxLineBytes} bytes",
            };
        }

        var reason = Place(encoded.Bytes, 1, mayWait: true);
        return reason == DropReason.None ? Accept(encoded) : Refuse(reason);
    }

    /// <summary>Writes whole lines that were encoded, redacted and given their ids elsewhere, or none; waits for nothing and counts nothing, because who brought them keeps them.</summary>
    public DropReason WriteEncoded(ReadOnlySpan<byte> lines, int count) =>
        _admission.IsOpen ? Place(lines, count, mayWait: false) : DropReason.Disabled;

    /// <summary>Writes an event of the pipeline's own, or drops and counts it when there is no room at once.</summary>
    /// <returns>False when it was dropped; true also where the owner wants no events.</returns>
    public bool WriteOwn<TDetails>(string name, TDetails details, EventScope scope, string level)
        where TDetails : IDetails, allows ref struct =>
        !_admission.IsOpen || Append(name, details, new EventContext(scope, time.GetUtcNow(), level), mayWait: false).IsAccepted;

    // What is left out is not read either: no dictionary is copied and no object serialised for it.
    private DropReason Admit(string? name, out int weight)
    {
        weight = 1;
        var admission = _admission;
        if (!admission.IsOpen)
        {
            return DropReason.Disabled;
        }

        if (admission.Sampler is { } sampler && name is not null)
        {
            var decision = sampler.Decide(name, new TimeSpan(time.GetElapsedTime(0).Ticks), (uint)Random.Shared.NextInt64(1L << 32));
            weight = decision.Weight;
            return decision.Admit ? DropReason.None : DropReason.Sampled;
        }

        return DropReason.None;
    }

    private RecordResult WriteJson(string? name, Func<JsonDocument> serialize, EventScope scope)
    {
        var refusal = Admit(name, out var weight);
        if (refusal != DropReason.None)
        {
            return Refuse(refusal);
        }

        try
        {
            using var document = serialize();
            return Append(name, new JsonDetails(document.RootElement), new EventContext(scope, time.GetUtcNow(), Weight: weight), mayWait: true);
        }
        catch (Exception exception)
        {
            return RefuseBroken(name, exception);
        }
    }

    private static Dictionary<string, object?> AbandonedDetails(string agent, string cause) => new()
    {
        [RunEvents.AgentName] = agent,
        [RunEvents.Status] = RunStatus.Abandoned.ToText(),
        [RunEvents.ErrorSummary] = cause,
    };

    private RecordResult WriteOfRun(
        string name, IReadOnlyDictionary<string, object?> details, EventScope scope, bool mayWait, out ReadOnlyMemory<byte> line) =>
        PlaceOfRun(name, details, scope, mayWait, out line) is var reason && reason == DropReason.None ? RecordResult.Accepted : Refuse(reason);

    private DropReason PlaceOfRun(
        string name, IReadOnlyDictionary<string, object?> details, EventScope scope, bool mayWait, out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (!_admission.IsOpen)
        {
            return DropReason.Disabled;
        }

        try
        {
            var encoded = encoder.Encode(name, new DictionaryDetails(details), new EventContext(scope, time.GetUtcNow()));
            if (!encoded.IsValid)
            {
                return DropReason.Invalid;
            }

            var reason = Place(encoded, scope, mayWait);
            if (reason == DropReason.None)
            {
                // A copy: the buffer is this thread's, for its next event.
                line = encoded.Bytes.ToArray();
                Accept(encoded);
            }

            return reason;
        }
        catch (Exception exception)
        {
            TellBroken(name, exception);
            return DropReason.Invalid;
        }
    }

    /// <summary>Holds those who find the ring closed, for the moment until <see cref="EndMove"/>.</summary>
    public void BeginMove() => _isMoving = true;

    /// <summary>Goes on in another ring, or in the same, which was opened again.</summary>
    public void EndMove(EventRing to)
    {
        lock (_moving)
        {
            _ring = to;
            _isMoving = false;
            Monitor.PulseAll(_moving);
        }
    }

    private RecordResult Append<TDetails>(string? name, TDetails details, in EventContext context, bool mayWait)
        where TDetails : IDetails, allows ref struct
    {
        try
        {
            return Append(name, encoder.Encode(name, details, context), context.Scope, mayWait);
        }
        catch (Exception exception)
        {
            return RefuseBroken(name, exception);
        }
    }

    private RecordResult Append(string? name, ReadOnlySpan<Field> fields, in EventContext context)
    {
        try
        {
            return Append(name, encoder.EncodeFields(name, fields, context), context.Scope, mayWait: true);
        }
        catch (Exception exception)
        {
            return RefuseBroken(name, exception);
        }
    }

    private RecordResult Append(string? name, in EncodedLine line, EventScope scope, bool mayWait)
    {
        if (!line.IsValid)
        {
            return Refuse(DropReason.Invalid) with { Detail = EventEncoder.NameFault(name) };
        }

        var reason = Place(line, scope, mayWait);
        return reason == DropReason.None ? Accept(line) : Refuse(reason);
    }

    private RecordResult Accept(in EncodedLine line)
    {
        if (line.IsCut)
        {
            Interlocked.Increment(ref _cut);
        }

        return RecordResult.Accepted;
    }

    private DropReason Place(ReadOnlySpan<byte> lines, int count, bool mayWait)
    {
        while (true)
        {
            var ring = _ring;
            var reason = ring.AppendEncoded(lines, count, mayWait);
            if (reason == DropReason.None || !HasMovedFrom(ring, mayWait, ref reason))
            {
                return reason;
            }
        }
    }

    private DropReason Place(in EncodedLine line, EventScope scope, bool mayWait)
    {
        while (true)
        {
            var ring = _ring;
            var reason = mayWait ? ring.Append(line.Bytes, scope) : ring.AppendWithoutWaiting(line.Bytes, scope);
            if (reason == DropReason.None || !HasMovedFrom(ring, mayWait, ref reason))
            {
                return reason;
            }
        }
    }

    // A ring that is closed takes nothing and numbers nothing: its caller may go on in the one that took its place, or in itself once it is open again.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasMovedFrom(EventRing ring, bool mayWait, ref DropReason reason)
    {
        if (reason != DropReason.Disabled)
        {
            return false;
        }

        if (_ring != ring)
        {
            return true;
        }

        lock (_moving)
        {
            if (_isMoving && mayWait)
            {
                Monitor.Wait(_moving, LongestMove);
            }

            reason = _isMoving ? DropReason.RingFull : DropReason.Disabled;
            return _ring != ring || !ring.IsClosed;
        }
    }

    // The details are the caller's own code: a dictionary or an object that throws.
    private RecordResult RefuseBroken(string? name, Exception exception)
    {
        TellBroken(name, exception);
        return Refuse(DropReason.Invalid);
    }

    private void TellBroken(string? name, Exception exception) =>
        onFailure(new TelemetryFailure("record", $"The event {name} could not be encoded: {ThrownText.MessageOf(exception)}", exception));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private RecordResult Refuse(DropReason reason)
    {
        Refused.Count(reason);
        return new RecordResult(reason);
    }
}
