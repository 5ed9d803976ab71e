using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Supervises one sink, for whichever engine: the one door to all that is decided for it, and how it stands.</summary>
/// <remarks>
/// Safe for use from several threads. Whoever calls the sink drives it; the heartbeat ticks it; operators read and command it. Under one lock, the <see cref="SupervisedDelivery"/>'s, decide
/// <see cref="SinkLoading"/>, <see cref="SinkBatches"/>, <see cref="CallWatch"/> and <see cref="SinkOperations"/>.
/// </remarks>
internal sealed class SinkSupervisor
{
    private readonly SupervisedDelivery _sink;
    private readonly SinkLoading _loading;
    private readonly SinkBatches _batches;
    private readonly CallWatch _call;
    private readonly SinkOperations _operations;
    private volatile bool _isLoaded;
    private volatile bool _hasDoneCommands;
    private volatile int _failedLoads;
    private volatile string? _loadFault;
    private volatile SinkState? _kept;

    public SinkSupervisor(SinkDefinition definition, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        _sink = new SupervisedDelivery(definition, supervision, environment);
        _loading = new SinkLoading(_sink);
        _batches = new SinkBatches(_sink);
        _call = new CallWatch(_sink, supervision);
        _operations = new SinkOperations(_sink);
    }

    public SinkDefinition Definition => _sink.Definition;

    /// <inheritdoc cref="SupervisedDelivery.WhyHeld" />
    public string? WhyHeld => _sink.WhyHeld;

    public SinkState State
    {
        get
        {
            lock (_sink.Gate)
            {
                return _sink.State;
            }
        }
    }

    /// <summary>The state that may be kept now; null while dead letters that go before it are not written.</summary>
    public SinkState? StateToKeep
    {
        get
        {
            lock (_sink.Gate)
            {
                return _sink.Letters.Count > 0 ? null : _sink.State;
            }
        }
    }

    public SinkStatus Status
    {
        get
        {
            lock (_sink.Gate)
            {
                return new SinkStatus
                {
                    Name = Definition.Name,
                    Circuit = _sink.Delivery.Circuit,
                    IsPaused = _sink.Delivery.IsPaused,
                    WhyHeld = _sink.WhyHeld,
                    IsElsewhere = _sink.IsElsewhere && _sink.WhyHeld is null,
                    IsBusy = _sink.Delivery.IsBusy,
                    Call = _sink.Call.UnderWay,
                    LoadFault = _loadFault,
                    LastError = _sink.Notes.LastError,
                    LastErrorAt = _sink.Notes.Health.LastErrorAt,
                    LastDeliveredAt = _sink.Notes.Health.LastDeliveredAt,
                    Restarts = _sink.Notes.Health.Restarts,
                    Accounts = _sink.Delivery.Accounts,
                    Redeliveries = _sink.Delivery.Redeliveries.Accounts,
                };
            }
        }
    }

    /// <summary>What the sink did not take although it is settled, in this process: events that became dead letters, those that were letters before among them, and those that were given up.</summary>
    public (long SetAside, DropCounts GivenUp) NotTaken
    {
        get
        {
            lock (_sink.Gate)
            {
                return (_sink.Notes.SetAside, _sink.Notes.GivenUp);
            }
        }
    }

    /// <summary>When the worker should look again without being woken; null while dead letters that the disk does not take hold the sink, or telemetry is switched off: the next heartbeat looks again.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            lock (_sink.Gate)
            {
                if (_sink.Letters.Count > 0 || _sink.WhyHeld is not null)
                {
                    return null;
                }

                var restart = _sink.Notes.Health.RestartHold.Until;
                return _sink.Delivery.NextDeadline is { } due && due < restart ? restart : _sink.Delivery.NextDeadline;
            }
        }
    }

    /// <summary>The ordinal that a slot's tail must reach before more events change something.</summary>
    public long WakeAt(int slot)
    {
        lock (_sink.Gate)
        {
            return _sink.WhyHeld is null ? _sink.Delivery.WakeAt(slot) : long.MaxValue;
        }
    }

    /// <summary>Dead letters that are still to be written; nothing begins before they are.</summary>
    public IReadOnlyList<DeadLetter> UnwrittenLetters
    {
        get
        {
            lock (_sink.Gate)
            {
                return _sink.Letters;
            }
        }
    }

    /// <inheritdoc cref="SupervisedDelivery.NoteWritten" />
    public void LettersWritten(IReadOnlyList<DeadLetter> written, int replaced = 0)
    {
        lock (_sink.Gate)
        {
            _sink.NoteWritten(written, replaced);
        }
    }

    /// <summary>A file of the sink could not be read or written.</summary>
    public void Fault(string cause) => _sink.Do(now => _sink.Notes.Fault(CleanCause.Of(cause), now));

    /// <inheritdoc cref="SinkLoading.Load" />
    public void Load(SinkState state)
    {
        _hasDoneCommands = false;
        _failedLoads = 0;
        _loadFault = null;
        _loading.Load(state);
        _kept = state;
        _isLoaded = true;
    }

    /// <summary>Whether what is decided goes on from what was kept, and the sink was not let go since.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>The sink was let go: what is decided is no more to be kept before the kept state is loaded again.</summary>
    public void Unload() => _isLoaded = false;

    /// <summary>Whether the sink cannot say what it has, also when it is asked once more: nothing goes to it until it can.</summary>
    public bool IsBroken => _failedLoads > 1;

    /// <summary>The sink could not say what it has.</summary>
    public void LoadFailed(string cause)
    {
        _loadFault = CleanCause.Of(cause);
        _failedLoads++;
    }

    /// <summary>The status as a kill would leave it: what it counts is on the disk, synced. Null before the sink was loaded.</summary>
    public SinkStatus? KeptStatus => (_kept, Definition.State, Status) switch
    {
        (null, _, _) => null,
        (_, KeptState.None, var status) => status,
        ({ } kept, var place, var status) => status with { Accounts = place == KeptState.Own ? status.Accounts : kept.Accounts, Redeliveries = [.. kept.RedeliveryAccounts] },
    };

    /// <summary>A state is on the disk, synced.</summary>
    public void Kept(SinkState state) => _kept = state;

    /// <summary>Whether what operators had asked for when this process got the sink is carried out: before that, what it means for the sink is not in its status.</summary>
    public bool HasDoneCommands => _hasDoneCommands;

    /// <summary>What operators had asked for is carried out.</summary>
    public void CommandsDone() => _hasDoneCommands = true;

    /// <inheritdoc cref="SinkLoading.SetElsewhere" />
    public void SetElsewhere() => _loading.SetElsewhere();

    /// <inheritdoc cref="SinkLoading.MayMakeAnew" />
    public bool MayMakeAnew => _loading.MayMakeAnew;

    /// <inheritdoc cref="SinkLoading.Reload" />
    public void Reload(IReadOnlyList<SinkAccount> accounts) => _loading.Reload(accounts);

    /// <inheritdoc cref="SinkLoading.ReloadFailed" />
    public void ReloadFailed(string cause) => _loading.ReloadFailed(cause);

    /// <inheritdoc cref="SinkBatches.TryBegin" />
    public BatchPlan? TryBegin(ReadOnlySpan<SlotTail> tails, bool hurry) => _batches.TryBegin(tails, hurry);

    /// <inheritdoc cref="SinkBatches.Loaded" />
    public PlannedBatch? Loaded(BatchPlan plan, EventRead read) => _batches.Loaded(plan, read);

    /// <inheritdoc cref="SinkBatches.ReadFailed" />
    public void ReadFailed(string cause) => _batches.ReadFailed(cause);

    /// <inheritdoc cref="SinkBatches.Complete" />
    public void Complete(SinkOutcome outcome, bool threw) => _batches.Complete(outcome, threw);

    /// <inheritdoc cref="SinkBatches.HandBack" />
    public void HandBack(string cause) => _batches.HandBack(cause);

    /// <inheritdoc cref="CallWatch.Token" />
    public CancellationToken CallToken => _call.Token;

    /// <inheritdoc cref="CallWatch.IsHanging" />
    public bool IsHanging => _call.IsHanging;

    /// <inheritdoc cref="CallWatch.ToShow" />
    public long? CallToShow => _call.ToShow;

    /// <inheritdoc cref="CallWatch.Shown" />
    public void CallShown(long number) => _call.Shown(number);

    /// <inheritdoc cref="CallWatch.Sent" />
    public void Sent() => _call.Sent();

    /// <inheritdoc cref="CallWatch.Tick" />
    public void Tick() => _call.Tick();

    /// <inheritdoc cref="CallWatch.GiveUp" />
    public void GiveUpCall(string cause) => _call.GiveUp(cause);

    /// <inheritdoc cref="CallWatch.CutOff" />
    public bool CutOff() => _call.CutOff();

    /// <inheritdoc cref="SinkOperations.Execute" />
    public void Execute(SinkCommand command) => _operations.Execute(command);

    /// <inheritdoc cref="SinkOperations.Revive" />
    public void Revive(SinkCommand command, Cursor from, Cursor to, string? note) => _operations.Revive(command, from, to, note);

    /// <inheritdoc cref="SinkOperations.SetBatching" />
    public void SetBatching(int flushEvents, TimeSpan flushInterval) => _operations.SetBatching(flushEvents, flushInterval);

    /// <inheritdoc cref="SinkOperations.MoveTo" />
    public bool MoveTo(int slot, Cursor cursor) => _operations.MoveTo(slot, cursor);

    /// <inheritdoc cref="SinkOperations.TryLast" />
    public void TryLast() => _operations.TryLast();

    /// <inheritdoc cref="SinkOperations.BoundsWanted" />
    public BoundsQuestion? BoundsWanted => _operations.BoundsWanted;

    /// <inheritdoc cref="SinkOperations.BoundsFound" />
    public void BoundsFound(BoundsQuestion question, IReadOnlyList<EventRange> stored) => _operations.BoundsFound(question, stored);

    /// <inheritdoc cref="SinkOperations.BoundsUnknown" />
    public void BoundsUnknown(BoundsQuestion question, Exception cause) => _operations.BoundsUnknown(question, cause);

    /// <inheritdoc cref="SupervisedDelivery.FlushAsync" />
    public Task<bool> FlushAsync(IEnumerable<SlotTail> tails, TimeSpan timeout, bool takesUpCutOff = false) => _sink.FlushAsync(tails, timeout, takesUpCutOff);

    /// <summary>Nothing more is sent: who waits for a flush is told, and who begins one later at once.</summary>
    public void EndFlushes()
    {
        lock (_sink.Gate)
        {
            _sink.Flushes.Close();
        }
    }
}
