using System.Collections.Concurrent;
using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Stores each batch under a key that its bounds make, as objects in a bucket are, and finds the bounds it has.</summary>
public sealed class KeyedSink : ISink, IFindsBounds
{
    private readonly ConcurrentDictionary<string, (EventRange Bounds, IReadOnlyList<long> Numbers)> _objects = new();
    private readonly ConcurrentQueue<Exception> _faults = new();

    /// <summary>The numbers of the events of each object, by its key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Stored => _objects.ToDictionary(stored => stored.Key, stored => stored.Value.Numbers);

    /// <summary>Removes an object, as a stranger would.</summary>
    public void Lose(string key) => _objects.TryRemove(key, out _);

    /// <summary>Lets the next searches for bounds end with these.</summary>
    public void FailSearches(params IReadOnlyList<Exception> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        foreach (var fault in faults)
        {
            _faults.Enqueue(fault);
        }
    }

    /// <inheritdoc />
    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var bounds = new EventRange(batch.Slot, batch.Start, batch.End);
        _objects[$"{batch.Start.Ordinal:D6}"] = (bounds, [.. batch.Events().Select(Lines.NumberOf)]);
        return ValueTask.FromResult(SinkOutcome.Delivered);
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<EventRange>> FindBoundsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) => _faults.TryDequeue(out var fault)
        ? ValueTask.FromException<IReadOnlyList<EventRange>>(fault)
        : ValueTask.FromResult<IReadOnlyList<EventRange>>([.. _objects.Values.Select(stored => stored.Bounds)]);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
