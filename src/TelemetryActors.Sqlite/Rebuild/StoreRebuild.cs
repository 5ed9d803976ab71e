using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Builds a store again from the log, in a new file that then takes the old one's place.</summary>
/// <remarks>Nobody may write the store meanwhile: the caller holds the sink's lock. Who reads the old file goes on reading it.</remarks>
internal sealed class StoreRebuild(StoreFile file, string baseDirectory, IFileSystem files, TimeProvider time)
{
    private static readonly SinkPolicy Policy = SinkPolicies.LocalDatabase;

    private readonly StoreSwap _swap = new(file.Path, files);

    /// <summary>Where another log than the base directory's own is; null for its own.</summary>
    public string? LogFile { get; init; }

    /// <summary>Whether runs and events that the log does not hold any more are taken over from the old file.</summary>
    public bool KeepsOlder { get; init; } = true;

    /// <summary>Does it.</summary>
    /// <param name="tell">Told what the owner should know.</param>
    /// <remarks>A damaged file is set aside under another name, and told of.</remarks>
    /// <exception cref="StoreRefusedException">The old file is of a newer version, or of something else. It is as it was.</exception>
    /// <exception cref="IOException">The disk refuses, or the old store cannot be read now. It is as it was; refused at the very end, the new one takes its place with the next start.</exception>
    public RebuildResult Run(Action<string> tell)
    {
        file.CheckPlace();
        _swap.GoOn();
        var isWhole = TryOld(() => OlderRows.Check(file), tell);
        var made = file with { Path = _swap.Made, Journal = SqliteJournal.Delete, Synchronous = SqliteSynchronous.Off };
        _swap.Discard();
        try
        {
            var result = Make(made, tell);
            isWhole = isWhole && (!KeepsOlder || TryOld(() => result = result with { KeptRuns = OlderRows.Take(made, file, time.GetUtcNow(), tell) }, tell));
            using (var done = files.Open(made.Path, writable: true))
            {
                done.Sync();
            }

            if (!isWhole)
            {
                tell($"The damaged file was set aside as {file.SetAside(time.GetUtcNow())}");
            }

            _swap.Run();
            new DamageWord(file.Path, tell).Forget();
            return result;
        }
        catch
        {
            _swap.Discard();
            throw;
        }
    }

    private RebuildResult Make(StoreFile made, Action<string> tell)
    {
        using var store = made.Open(time.GetUtcNow(), tell);
        List<DeadLetter> refused = [];
        foreach (var slot in new LogFolder(files, baseDirectory, LogFile, 1).AllSlots().Order())
        {
            Fill(store, new OtherSlotSource(new LogFolder(files, baseDirectory, LogFile, slot), time), refused);
        }

        var accounts = store.Accounts;
        return new RebuildResult(accounts.Sum(account => account.Delivered), refused, accounts, KeptRuns: 0);
    }

    // Damage alone is passed over: whatever else is in the way may be gone tomorrow, and the file may hold what the log does not any more.
    private bool TryOld(Action look, Action<string> tell)
    {
        if (files.Identify(file.Path) is null)
        {
            return true;
        }

        try
        {
            look();
            return true;
        }
        catch (SqliteFault fault) when (fault.IsDamage)
        {
            file.CheckKind();
            tell($"Nothing is taken over from the old store: {fault.Message}");
            return false;
        }
    }

    private static void Fill(StoreWriter store, OtherSlotSource source, List<DeadLetter> refused)
    {
        var buffer = new byte[BatchReader.BufferBytes(Policy)];
        var end = source.Tail;
        for (var from = default(Cursor); from.Stream != end.Stream || from.Ordinal < end.Ordinal;)
        {
            var read = BatchReader.Read(source, new BatchPlan(source.Slot, from, Policy.MaxBatchEvents, Policy.MaxBatchBytes, IsProbe: false, NewestOnly: false), buffer);
            if (read.Count == 0)
            {
                break;
            }

            var batch = new SinkBatch(source.Slot, read.Start, read.End, buffer.AsMemory(0, read.Bytes)) { Gone = Gone(from, read) };
            refused.AddRange(store.Write(batch).Select(item => new DeadLetter(source.Slot, read.Start, item.Index, item.Reason, 1)));
            from = read.End;
        }
    }

    private static DropCounts Gone(Cursor from, EventRead read) =>
        read.Start.Stream == from.Stream && read.Start.Ordinal > from.Ordinal ? DropCounts.None.Plus(read.GoneReason, read.Start.Ordinal - from.Ordinal) : DropCounts.None;
}
