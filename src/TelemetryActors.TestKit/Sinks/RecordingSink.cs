using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Takes everything and remembers it.</summary>
public class RecordingSink : ISink
{
    private readonly List<long> _numbers = [];
    private int _calls;

    /// <summary>The numbers of the events that were taken, in order of arrival.</summary>
    public IReadOnlyList<long> Numbers
    {
        get
        {
            lock (_numbers)
            {
                return [.. _numbers];
            }
        }
    }

    /// <summary>How many calls began.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _calls);
        var outcome = await AnswerAsync(batch, cancellation);
        if (outcome == SinkOutcome.Delivered)
        {
            lock (_numbers)
            {
                _numbers.AddRange(batch.Events().Select(Lines.NumberOf));
            }
        }

        return outcome;
    }

    /// <summary>Nothing is held.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>What the sink says of a batch; everything is taken unless a kind of sink says otherwise.</summary>
    protected virtual ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation) => ValueTask.FromResult(SinkOutcome.Delivered);
}
