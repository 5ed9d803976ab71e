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

    /// <summary>Where another log than the base directory's own is; null for its own.</summary>
    public string? LogFile { get; init; }

    /// <summary>Whether runs and events that the log does not hold any more are taken over from the old file.</summary>
    public bool KeepsOlder { get; init; } = true;

    /// <summary>Does it.</summary>
    /// <param name="tell">Told what the owner should know.</param>
    /// <exception cref="IOException">The old store is as it was.</exception>
    public RebuildResult Run(Action<string> tell)
    {
        var made = file with { Path = file.Path + ".new", Journal = SqliteJournal.Delete, Synchronous = SqliteSynchronous.Off };
        Remove(made.Path);
        long events;
        var unreadable = 0L;
        using (var store = made.Open(time.GetUtcNow(), tell))
        {
            foreach (var slot in new LogFolder(files, baseDirectory, LogFile, 1).AllSlots().Order())
            {
                unreadable += Fill(store, new OtherSlotSource(new LogFolder(files, baseDirectory, LogFile, slot), time));
            }

            events = store.Accounts.Sum(account => account.Delivered);
        }

        var kept = KeepsOlder ? OlderRows.Take(made, file, time.GetUtcNow(), tell) : 0;
        using (var done = files.Open(made.Path, writable: true))
        {
            done.Sync();
        }

        Swap(made.Path);
        return new RebuildResult(events, unreadable, kept);
    }

    private static long Fill(StoreWriter store, OtherSlotSource source)
    {
        var buffer = new byte[BatchReader.BufferBytes(Policy)];
        var end = source.Tail;
        var unreadable = 0L;
        for (var from = default(Cursor); from.Stream != end.Stream || from.Ordinal < end.Ordinal;)
        {
            var read = BatchReader.Read(source, new BatchPlan(source.Slot, from, Policy.MaxBatchEvents, Policy.MaxBatchBytes, IsProbe: false, NewestOnly: false), buffer);
            if (read.Count == 0)
            {
                break;
            }

            unreadable += store.Write(new SinkBatch(source.Slot, read.Start, read.End, buffer.AsMemory(0, read.Bytes))).Count;
            from = read.End;
        }

        return unreadable;
    }

    // Never a moment with an old log of changes beside a new database; with no database at all the sink builds one from the log.
    private void Swap(string made)
    {
        var old = file.Path + ".old";
        var directory = Path.GetDirectoryName(file.Path)!;
        if (files.Identify(file.Path) is not null)
        {
            files.Replace(file.Path, old);
        }

        files.Delete(file.Path + "-wal");
        files.Delete(file.Path + "-shm");
        files.Delete(file.Path + "-journal");
        files.SyncDirectory(directory);
        files.Replace(made, file.Path);
        files.SyncDirectory(directory);
        files.Delete(old);
    }

    private void Remove(string path)
    {
        files.Delete(path);
        files.Delete(path + "-journal");
        files.Delete(path + "-wal");
        files.Delete(path + "-shm");
    }
}
