using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A journal that is well and takes nothing, as one whose serializer or whose table's limits refuse an event.</summary>
internal sealed class RejectingJournal : MemoryJournal
{
    private static int _asked;

    /// <summary>How many writes all of them were asked for.</summary>
    public static int Asked => Volatile.Read(ref _asked);

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        Interlocked.Increment(ref _asked);
        return Task.FromResult<IImmutableList<Exception>>([.. messages.Select(_ => new NotSupportedException("no column is that wide"))]);
    }
}
