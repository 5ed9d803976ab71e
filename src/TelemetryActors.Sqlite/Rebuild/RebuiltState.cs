using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Lets the sink's kept state say what is true of a store that was just built: cursors at the end of what it holds, its counts, a closed circuit.</summary>
/// <remarks>
/// What was kept of the old store - a batch to repeat, waits, failures - is over: a whole store was written where it is. A pause, the commands that were read, and
/// what goes to the sink once more stay. As after a delivery: effect, then dead letters, then state. The caller holds the sink's lock.
/// </remarks>
internal sealed class RebuiltState(IFileSystem files, string baseDirectory, string? logFile, TimeProvider time)
{
    // Letters that are in memory at a time, with their events.
    private const int Portion = 256;

    /// <summary>Keeps it; of a sink that never ran nothing is kept.</summary>
    /// <param name="result">What the rebuild did.</param>
    /// <param name="tell">Told of a state that could not be read.</param>
    /// <exception cref="IOException">The disk does not take it: the sink goes on from what was kept, and stores nothing twice.</exception>
    public void Keep(RebuildResult result, Action<string> tell)
    {
        if (files.Identify(SinkPaths.State(baseDirectory, SqliteKit.SinkName)) is null)
        {
            return;
        }

        var file = new SinkStateFile(files, baseDirectory, SqliteKit.SinkName);
        var state = file.Load(time.GetUtcNow(), out var fault);
        if (fault is not null)
        {
            tell(fault);
        }

        var known = KnownLetters.Of(files, baseDirectory, SqliteKit.SinkName, state);
        List<DeadLetter> missing = [.. result.Refused.Where(letter => !known.Includes($"{letter.From.Stream}-{letter.From.Ordinal + letter.Index}"))];
        SetAside(missing);
        var letters = known.Standing + missing.Count;

        // The new accounts know the events of the log alone. Letters of others stay, and what was thrown away of others is no debt: both were accepted once.
        file.Save((SinkState.Fresh with
        {
            Accounts = result.Accounts,
            IsPaused = state.IsPaused,
            CommandsRead = state.CommandsRead,
            Outstanding = state.Outstanding is { Range.Lane.Origin: not BatchOrigin.Live } again ? again : null,
            Suspects = state.Suspects is { Lane.Origin: not BatchOrigin.Live } suspects ? suspects : null,
            Redeliveries = state.Redeliveries,
            Redelivered = state.Redelivered,
            TakenOut = state.TakenOut,
            Letters = state.Letters,
        }).WithDeadLetters(letters, letters));
    }

    private void SetAside(List<DeadLetter> missing)
    {
        var file = new DeadLetterFile(files, baseDirectory, SqliteKit.SinkName, new UnsettledLetters(files, baseDirectory, SqliteKit.SinkName, keepsOwn: true));
        var buffer = new byte[BatchReader.BufferBytes(SinkPolicies.LocalDatabase)];
        var sources = new Dictionary<int, OtherSlotSource>();
        foreach (var portion in missing.Chunk(Portion))
        {
            file.Append(portion, slot => sources.TryGetValue(slot, out var source) ? source : sources[slot] = SourceOf(slot), buffer, time.GetUtcNow());
        }
    }

    private OtherSlotSource SourceOf(int slot)
    {
        var source = new OtherSlotSource(new LogFolder(files, baseDirectory, logFile, slot), time);
        _ = source.Tail;
        return source;
    }
}
