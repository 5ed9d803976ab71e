using TelemetryActors.Browsing;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Show;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Runs;
using TelemetryActors.Slots;
using TelemetryActors.Sqlite;
using TelemetryActors.Storage;
using TelemetryActors.Store;

namespace TelemetryActors.Cli.Store;

/// <summary>A store and what the log holds beyond it: together exactly what the whole log says, without reading all of it.</summary>
internal sealed class StoredLog : IDisposable
{
    // A store that is further behind than this is no help: the log is read instead.
    private const int MaxBehind = 50_000;

    private readonly SqliteRunStore _store;
    private readonly List<EventLine> _behind;
    private readonly bool _hasEvents;

    private StoredLog(SqliteRunStore store, List<EventLine> behind, bool hasEvents)
    {
        _store = store;
        _behind = behind;
        _hasEvents = hasEvents;
    }

    /// <summary>Opens the store of a base directory; null when there is none, it cannot be read, or it is too far behind the log.</summary>
    public static StoredLog? TryOpen(OpenLog log)
    {
        var file = StoreSettings.FileOf(log.Base);
        if (file.IsMemory || !File.Exists(file.Path))
        {
            return null;
        }

        SqliteRunStore? store = null;
        try
        {
            store = SqliteRunStore.Open(file.Path);

            // What a writer stores from here on is found in the log alone, and not a second time in the store.
            store.HoldStill();
            if (TryRead(log, store.Accounts(), out var behind, out var hasEvents))
            {
                return new StoredLog(store, behind, hasEvents);
            }
        }
        catch (IOException fault)
        {
            store?.Dispose();
            TellOfLog(log, fault);
            return null;
        }

        store?.Dispose();
        return null;
    }

    /// <summary>The newest runs, oldest first.</summary>
    public IReadOnlyList<RunRecord> Runs(string? agent, RunStatus? status, int last)
    {
        var changed = Changed();
        var page = _store.GetRuns(new RunQuery { Agent = agent, Status = status, Limit = (int)Math.Min((long)last + changed.Count, int.MaxValue - 1) });
        return
        [
            .. page.Runs.Where(run => !changed.ContainsKey(run.RunId))
                .Concat(changed.Values.Select(run => run.ToRecord()).Where(run => (agent is null || run.AgentName == agent) && (status is null || run.Status == status)))
                .OrderBy(run => run.StartTime ?? run.LastHeardOf).ThenBy(run => run.RunId, StringComparer.Ordinal).TakeLast(last),
        ];
    }

    /// <summary>One run; null when neither knows it.</summary>
    public RunRecord? Find(string runId)
    {
        var state = _store.FindRun(runId) is { } stored ? RunState.From(stored) : null;
        foreach (var line in _behind.Where(line => line.IsOf(runId)))
        {
            (state ??= new RunState(runId)).Apply(line);
        }

        return state?.ToRecord();
    }

    /// <summary>The newest events that a filter wants, oldest first; null when the store has not all of them.</summary>
    public IReadOnlyList<EventLine>? Events(EventFilter filter, int last)
    {
        if (!_hasEvents)
        {
            return null;
        }

        var page = _store.GetEvents(new EventQuery { RunId = filter.Run, EventName = filter.EventName, Since = filter.Since, Limit = last });
        return
        [
            .. page.Events.Reverse().Concat(_behind.Where(line => filter.Judge(line.Bytes, out _) == LineVerdict.Wanted))
                .OrderBy(line => line.Timestamp).TakeLast(last),
        ];
    }

    public void Dispose() => _store.Dispose();

    /// <summary>Says that the store is of no use, where it disturbs nobody who reads the output.</summary>
    /// <remarks>A store that is damaged is looked at once more, with nothing of it open, so that its sink gets word.</remarks>
    public static void TellOfLog(OpenLog log, IOException fault)
    {
        StandardError.Tell($"the log is read instead of the store: {fault.Message}");
        if (fault is not SqliteFault { IsDamage: true })
        {
            return;
        }

        try
        {
            if (StoreDamage.Find(StoreSettings.FileOf(log.Base), out _) is { } damage)
            {
                StandardError.Tell(damage);
            }
        }
        catch (IOException again)
        {
            StandardError.Tell($"the store cannot be looked at: {again.Message}");
        }
    }

    private Dictionary<string, RunState> Changed()
    {
        var changed = new Dictionary<string, RunState>(StringComparer.Ordinal);
        foreach (var line in _behind)
        {
            if (line.RunId is not { Length: > 0 } id)
            {
                continue;
            }

            if (!changed.TryGetValue(id, out var run))
            {
                changed[id] = run = _store.FindRun(id) is { } stored ? RunState.From(stored) : new RunState(id);
            }

            run.Apply(line);
        }

        return changed;
    }

    private static bool TryRead(OpenLog log, IReadOnlyList<StoredAccount> accounts, out List<EventLine> behind, out bool hasEvents)
    {
        behind = [];
        hasEvents = true;
        var buffer = new byte[BatchReader.BufferBytes(SinkPolicies.LocalDatabase)];
        foreach (var slot in new LogFolder(DiskFileSystem.Instance, log.Base.Path, log.FixedFile, 1).AllSlots().Order())
        {
            var source = new OtherSlotSource(new LogFolder(DiskFileSystem.Instance, log.Base.Path, log.FixedFile, slot), TimeProvider.System);
            var end = source.Tail;
            var account = accounts.FirstOrDefault(stored => stored.Account.Slot == slot);
            var from = account.Account.Cursor;
            if (from.Stream != end.Stream || end.Ordinal - from.Ordinal > MaxBehind)
            {
                return end.Ordinal == 0;
            }

            hasEvents &= account.EventsFrom is { } first && first <= source.Read(default, 1, buffer).Start.Ordinal;
            Read(source, from, end, buffer, behind);
        }

        return true;
    }

    private static void Read(OtherSlotSource source, Cursor from, Cursor end, byte[] buffer, List<EventLine> behind)
    {
        while (from.Ordinal < end.Ordinal && source.Read(from, MaxBehind, buffer) is { Count: > 0 } read)
        {
            foreach (var line in new SinkBatch(source.Slot, read.Start, read.End, buffer.AsMemory(0, read.Bytes).ToArray()).Events())
            {
                if (EventLine.TryParse(line, out var parsed, out _))
                {
                    behind.Add(parsed);
                }
            }

            from = read.End;
        }
    }
}
