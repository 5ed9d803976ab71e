using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Reports to a cluster of collectors: a batch is delivered when every run's actor has said that its lines are fsynced.</summary>
internal sealed class ClusterSink : ISink
{
    // Messages under way at once: what stays in a proxy's buffer when collectors vanish is bounded by it.
    private const int MaxUnderWay = 32;

    // So many runs that do not answer, and none that does, are a cluster that does not.
    private const int MostSilent = 3;

    private readonly IRunRegion _region;
    private readonly TimeSpan _answerTimeout;
    private readonly TakenOfBatch _taken = new();
    private long _batchId;

    public ClusterSink(IRunRegion region, TimeSpan answerTimeout, TimeProvider time)
    {
        _region = region;
        _answerTimeout = answerTimeout;
        _batchId = time.GetUtcNow().UtcTicks;
    }

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        var found = await _region.FindAsync(cancellation);
        if (found.Region is not { } region)
        {
            return new SinkOutcome.Retry(found.Missing);
        }

        using var slots = new SemaphoreSlim(MaxUnderWay);
        var groups = RunLines.Deal(batch.Lines, Environment.MachineName.ToLowerInvariant());
        var sending = new Sending(region, slots, batch.Origin != BatchOrigin.Live, cancellation);
        _taken.Begin(batch);
        var answers = await Task.WhenAll(groups.Select(async group => (Group: group, Answer: _taken[group.EntityId] ?? await TellAsync(sending, group))));
        _taken.Keep(answers);
        return ClusterOutcome.Of(answers, batch.Attempt);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _region.DisposeAsync();

    // The first part that is not taken is the last that is told: the next would hide it.
    private async Task<object?> TellAsync(Sending sending, EntityLines group)
    {
        object? answer = null;
        foreach (var part in group.Parts)
        {
            answer = await AskAsync(sending, new RunBatch(group.EntityId, Interlocked.Increment(ref _batchId), part.Lines, part.Count) { IsRepeat = sending.IsRepeat });
            if (answer is not RunBatchTaken)
            {
                break;
            }
        }

        return answer;
    }

    private async Task<object?> AskAsync(Sending sending, RunBatch message)
    {
        await sending.Slots.WaitAsync(sending.Cancellation);
        try
        {
            // Nobody waits any more for the rest of a batch that nobody answers, or whose time is over.
            sending.Cancellation.ThrowIfCancellationRequested();
            if (sending is { Answered: 0, Silent: >= MostSilent })
            {
                return null;
            }

            var answer = await sending.Region.Ask<object>(message, _answerTimeout, sending.Cancellation);
            Interlocked.Increment(ref sending.Answered);
            return answer;
        }
        catch (AskTimeoutException)
        {
            Interlocked.Increment(ref sending.Silent);
            return null;
        }
        finally
        {
            sending.Slots.Release();
        }
    }

    private sealed record Sending(IActorRef Region, SemaphoreSlim Slots, bool IsRepeat, CancellationToken Cancellation)
    {
        public int Answered;
        public int Silent;
    }
}
