using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A journal that was opened, and whose disk is full since: every write fails, and behind the first few every reading, as with a circuit that is open.</summary>
internal sealed class FullJournal : MemoryJournal
{
    private const int BeforeReadsFail = 5;

    private int _failed;

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) =>
        Volatile.Read(ref _failed) < BeforeReadsFail ? base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr) : Task.FromException<long>(Full());

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        Interlocked.Increment(ref _failed);
        return Task.FromException<IImmutableList<Exception>>(Full());
    }

    private static IOException Full() => new("SQLite Error 13: 'database or disk is full'.");
}
