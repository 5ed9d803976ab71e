using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>Looks after the base directory's writer slots on the heartbeat: takes over those of dead writers, finds those of living ones.</summary>
internal sealed class SlotKeeper : IDisposable
{
    private static readonly TimeSpan TakeOverInterval = TimeSpan.FromMinutes(1);

    private readonly SlotSettings _settings;
    private readonly WriterSlot _own;
    private readonly EventWriter _writer;
    private readonly RunRegistry _runs;
    private readonly Action<string, Exception> _report;
    private volatile IReadOnlyList<IEventSource> _sources;
    private long _tookOverAt;
    private bool _swept;

    public SlotKeeper(SlotSettings settings, WriterSlot own, EventWriter writer, RunRegistry runs, Action<string, Exception> report)
    {
        _settings = settings;
        _own = own;
        _writer = writer;
        _runs = runs;
        _report = report;
        _sources = [own.Source];
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
        }

        if (_tookOverAt == 0 || _settings.Time.GetElapsedTime(_tookOverAt) >= TakeOverInterval)
        {
            _tookOverAt = _settings.Time.GetTimestamp();
            TakeOver();
            FindOthers();
        }

        if (!_own.TryKeepHeld())
        {
            _report("slot", new IOException($"The lock of writer slot {_own.Number} was deleted, and another process has it now."));
        }
    }

    public void Dispose() => _sources = [_own.Source];

    /// <summary>Takes over the slots of dead writers now.</summary>
    public void TakeOver() =>
        SlotTakeOver.Run(_settings, _own.Number, CloseAbandonedRuns, exception => _report("take-over", exception));

    /// <summary>Ends the runs that a dead writer left open.</summary>
    public void CloseAbandonedRuns(WriterSlot left)
    {
        foreach (var run in left.Abandoned.Where(run => _runs.Open.All(open => open.Key != run.Key)))
        {
            _writer.WriteAbandoned(run.Key, run.Value, "the process that ran it ended without a word");
        }
    }

    private void FindOthers()
    {
        var known = _sources;
        var directory = _own.Folder;
        var slots = directory.AllSlots().Where(slot => slot != _own.Number && known.All(source => source.Slot != slot)).ToList();
        if (slots.Count > 0)
        {
            _sources = [.. known, .. slots.Select(slot => new OtherSlotSource(
                new LogFolder(_settings.Files, _settings.Base.Path, _settings.Log.File, slot), _settings.Time))];
        }
    }
}
