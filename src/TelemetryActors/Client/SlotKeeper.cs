using TelemetryActors.Configuration;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Client;

/// <summary>Looks after the base directory's writer slots on the heartbeat: takes over those of dead writers, finds those of living ones.</summary>
internal sealed class SlotKeeper : IDisposable
{
    private const string AbandonedCause = "the process that ran it ended without a word";

    private static readonly TimeSpan TakeOverInterval = TimeSpan.FromMinutes(1);

    private readonly SlotSettings _settings;
    private readonly OwnSlot _own;
    private readonly EventWriter _writer;
    private readonly RunRegistry _runs;
    private readonly Action<string, Exception> _report;
    private readonly Lock _changing = new();
    private volatile IReadOnlyList<IEventSource> _sources;
    private readonly BringingPauses _bringing;
    private long _tookOverAt;
    private bool _swept;

    public SlotKeeper(SlotSettings settings, OwnSlot own, EventWriter writer, RunRegistry runs, Action<string, Exception> report)
    {
        _settings = settings;
        _own = own;
        _writer = writer;
        _runs = runs;
        _report = report;
        _bringing = new BringingPauses(settings.Time);
        _sources = [own.Now.Source];
    }

    /// <summary>The streams of all writer slots, the own one first.</summary>
    public IReadOnlyList<IEventSource> Sources => _sources;

    /// <summary>Runs each second on the heartbeat's thread.</summary>
    public void Beat()
    {
        try
        {
            LookAfterSlots();
        }
        catch (Exception exception)
        {
            // The heartbeat is the host's thread as little as any other: what goes wrong here is told and tried again.
            _report("slots", exception);
        }
    }

    private void LookAfterSlots()
    {
        if (!_swept)
        {
            _swept = true;
            RingSweep.Run(_settings.Placement.Directory, _settings.Time.GetUtcNow());
            new ConfigFile(_settings.Files, _settings.Base).Sweep();
            AtomicFile.Sweep(_settings.Files, _settings.Base.State, ConsentStore.FileName);
        }

        if (_tookOverAt == 0 || _settings.Time.GetElapsedTime(_tookOverAt) >= TakeOverInterval)
        {
            _tookOverAt = _settings.Time.GetTimestamp();
            TakeOverSlots();
            BringStranded(isForced: false);
            FindOthers();
        }

        // A slot that is lost is left by the log's thread, which alone writes to it.
        _own.Now.TryKeepHeld();
        CloseRunsOfOwn();
    }

    public void Dispose() => _sources = [_own.Now.Source];

    /// <summary>Whether neither log files nor state nor a lock is left of a slot.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public bool IsGone(int slot)
    {
        var folder = new LogFolder(_settings.Files, _settings.Base.Path, _settings.Log.File, slot);
        return _settings.Files.Identify(folder.StateFile) is null
            && _settings.Files.Identify(SlotLocks.PathOf(_settings.Base, slot)) is null
            && !folder.List().Any();
    }

    /// <summary>After a move: the new slot comes first, and the lost one is another process's.</summary>
    public void Follow(SlotMoved moved)
    {
        NameOpenRuns(moved.To);
        lock (_changing)
        {
            var others = _sources.Skip(1).Where(source => source.Slot != moved.To.Number);
            _sources = moved.From.Number == moved.To.Number ? [moved.To.Source, .. others] : [moved.To.Source, .. others, Other(moved.From.Number)];
        }
    }

    /// <summary>Lets a slot's state name the runs that are open: this process's own, and the last writer's until they are closed.</summary>
    public void NameOpenRuns(WriterSlot slot) => slot.Log.OpenRuns = () => [.. _runs.Open, .. slot.LeftRuns.Open];

    /// <summary>The slot itself may be a dead writer's: its runs are closed before anything else is done with it, and those that were refused later.</summary>
    public void CloseRunsOfOwn() => CloseAbandonedRuns(_own.Now);

    /// <summary>Takes over the slots of dead writers now.</summary>
    public void TakeOver()
    {
        TakeOverSlots();
        BringStranded(isForced: true);
    }

    private void TakeOverSlots() => SlotTakeOver.Run(_settings, _own.Now.Number, CloseAbandonedRuns, exception => _report("take-over", exception));

    private void BringStranded(bool isForced) =>
        new StrandedRings(_settings, (ring, run, agent) => IsOwn(run) || _writer.TryWriteAbandoned(ring, run, agent, AbandonedCause), CloseAbandonedRuns)
            .BringAll(exception => _report("take-over", exception), _bringing, isForced);

    // A run that this process has open by now is its own to end.
    private void CloseAbandonedRuns(WriterSlot left) => left.LeftRuns.End(
        (run, agent) => IsOwn(run) || _writer.TryWriteAbandoned(run, agent, AbandonedCause));

    private bool IsOwn(string run) => _runs.Open.Any(open => open.Key == run);

    /// <summary>Finds the slots of other writers, living and dead.</summary>
    public void FindOthers()
    {
        var there = _own.Now.Folder.AllSlots().ToList();
        lock (_changing)
        {
            var known = _sources;
            var found = there.Where(slot => known.All(source => source.Slot != slot)).ToList();
            if (found.Count > 0)
            {
                _sources = [.. known, .. found.Select(Other)];
            }
        }
    }

    private OtherSlotSource Other(int slot) => new(new LogFolder(_settings.Files, _settings.Base.Path, _settings.Log.File, slot), _settings.Time);
}
