using TelemetryActors.Client;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Finds the sinks that have worked in a base directory, by the state files they left.</summary>
/// <param name="files">Where they are.</param>
/// <param name="baseDirectory">The base directory.</param>
/// <param name="own">What sinks that keep their accounts with their data say there, by their names; a sink that is not in it is known by its state alone.</param>
internal sealed class SinkBrowser(IFileSystem files, string baseDirectory, IReadOnlyDictionary<string, IReadOnlyList<SinkAccount>>? own = null)
{
    private const string Extension = ".json";

    /// <summary>The names of all sinks, the event log first.</summary>
    public IReadOnlyList<string> Names() =>
    [
        LocalPipeline.EventLogName,
        .. files.List(SinkPaths.StateDirectory(baseDirectory))
            .Where(name => name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => name[..^Extension.Length])
            .Where(name => !IsEventLog(name))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>All sinks against what they will get; a state that cannot be read is a fault.</summary>
    public IReadOnlyList<SinkOverview> All(IReadOnlyList<SlotLog> logs, ICollection<string> faults) =>
        [EventLog(logs), .. Names().Skip(1).Select(name => Read(name, logs, faults)).OfType<SinkOverview>()];

    // The event log's writer keeps no cursor of its own: what its files hold is what it delivered.
    private SinkOverview EventLog(IReadOnlyList<SlotLog> logs) => new(
        LocalPipeline.EventLogName,
        LogCircuit.Find(files, baseDirectory, logs),
        IsPaused: false,
        [.. logs.Select(EventLogAccount)]);

    // What the files do not hold any more, or never did, was not delivered, whatever the ordinals say. What the ring alone holds is pending.
    private static SinkAccount EventLogAccount(SlotLog log)
    {
        var end = log.InRing?.Start ?? log.End with { Ordinal = log.LastOrdinal };
        var tail = log.InRing?.End ?? end;
        var dropped = LogLosses.Of(log).Aggregate(DropCounts.None, (sum, loss) => sum.Plus(loss.Reason, loss.Count));
        return new SinkAccount { Slot = log.Slot, Cursor = end, Tail = tail, Delivered = end.Ordinal - dropped.Total, Dropped = dropped };
    }

    private SinkOverview? Read(string name, IReadOnlyList<SlotLog> logs, ICollection<string> faults)
    {
        var path = SinkPaths.State(baseDirectory, name);
        var now = TimeProvider.System.GetUtcNow();
        try
        {
            var state = SinkStateFormat.Read(WholeFile.Read(files, path));
            var kept = own?.GetValueOrDefault(name);
            var known = kept is null ? state : new UnsettledLetters(files, baseDirectory, name, keepsOwn: true).WithOwn(state, kept);
            var isKnown = kept is not null || known.Accounts.Count > 0;
            return new SinkOverview(name, state.Circuit, state.IsPaused, [.. AgainstEnds(known.Accounts, logs, isKnown || state.LoadFault is not null), .. isKnown ? AccountsOf(known) : []])
            {
                Kept = state,
                LoadFault = state.LoadFault,
                Wait = state.HoldCause is not null && !state.Hold.ClampedTo(now).IsOver(now) ? state.Hold.ClampedTo(now).Until : null,
                WaitCause = state.HoldCause,

                // A call ends with its process: what a dead one left in its state is none.
                Call = state.Call is { } call && LockHolder.IsHeld(files, SinkPaths.Lock(baseDirectory, name)) ? call : null,
            };
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path} cannot be read: {exception.Message}");
            return null;
        }
    }

    // Of a sink whose own counts are not known, these would be a part that looks like all.
    private static IEnumerable<SinkAccount> AccountsOf(SinkState state) =>
        state.Redeliveries.Select(redelivery => redelivery.Account)
            .Concat(state.Redelivered == default ? [] : [state.Redelivered]);

    private static IReadOnlyList<SinkAccount> AgainstEnds(IReadOnlyList<SinkAccount> accounts, IReadOnlyList<SlotLog> logs, bool hasNone)
    {
        // No accounts say nothing where the sink keeps them, unless it is known to have none: all of the log waits for it then.
        if (accounts.Count == 0 && !hasNone)
        {
            return [];
        }

        var known = accounts.Select(account => logs.FirstOrDefault(log => log.Slot == account.Slot) is { } log ? WithoutLost(See(account, log), log) : account);
        var unread = logs.Where(log => accounts.All(account => account.Slot != log.Slot))
            .Select(log => WithoutLost(SinkAccount.StartAtOldest(log.Slot).SeeTail(log.Tail, log.Gaps), log));
        return [.. known, .. unread];
    }

    // A worker that reads the ring is ahead of the log's files for a moment.
    private static SinkAccount See(SinkAccount account, SlotLog log) =>
        account.SeeTail(account.Cursor.Stream == log.Tail.Stream && log.Tail.Ordinal < account.Tail.Ordinal ? account.Tail : log.Tail, log.Gaps);

    // What is in no place any more waits for no sink: it counts as given up at once, as it will when the sink comes to it.
    private static SinkAccount WithoutLost(SinkAccount account, SlotLog log)
    {
        var from = account.Cursor.Stream == log.Tail.Stream ? account.Cursor : log.Files.Index.Oldest?.Start ?? log.Tail;
        return account.Tail.Stream != log.Tail.Stream ? account : LogLosses.Of(log).Aggregate(account, (known, loss) =>
        {
            var lost = Math.Min(loss.To.Ordinal - Math.Max(loss.From.Ordinal, from.Ordinal), known.Pending);
            return lost <= 0 ? known : known with
            {
                Carried = known.Carried + lost,
                Dropped = known.Dropped.Plus(loss.Reason, lost),
                Tail = known.Tail with { Ordinal = known.Tail.Ordinal - lost },
            };
        });
    }

    private static bool IsEventLog(string name) =>
        name == LocalPipeline.EventLogName
        || (name.StartsWith(LocalPipeline.EventLogName + "-s", StringComparison.Ordinal)
            && name.AsSpan(LocalPipeline.EventLogName.Length + 2).IndexOfAnyExceptInRange('0', '9') < 0);
}
