using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Reports to a cluster of collectors: a batch is delivered when every run's actor has said that its lines are fsynced.</summary>
/// <remarks>A run that is refused for long while others are taken holds up no other: its lines are set aside, and tried again later and later.</remarks>
internal sealed class ClusterSink : ISink, IIdleWork
{
    // Messages under way at once: what stays in a proxy's buffer when collectors vanish is bounded by it.
    private const int MaxUnderWay = 32;

    // So many runs that do not answer, and none that does, are a cluster that does not.
    private const int MostSilent = 3;

    private readonly IRunRegion _region;
    private readonly TimeSpan _answerTimeout;
    private readonly TimeProvider _time;
    private readonly long _made;
    private readonly AsideLetters _letters;
    private readonly AsidePace _pace;
    private readonly AsideRuns _aside = new();
    private readonly TakenOfBatch _taken = new();
    private long _batchId;

    /// <param name="region">The way to the runs.</param>
    /// <param name="answerTimeout">How long one message may go unanswered.</param>
    /// <param name="longestAside">The longest time between two tries of lines that were set aside.</param>
    /// <param name="letters">Where those are.</param>
    /// <param name="time">The clock.</param>
    public ClusterSink(IRunRegion region, TimeSpan answerTimeout, TimeSpan longestAside, AsideLetters letters, TimeProvider time)
    {
        _region = region;
        _answerTimeout = answerTimeout;
        _time = time;
        _made = time.GetTimestamp();
        _letters = letters;
        _pace = new AsidePace(longestAside);
        _batchId = time.GetUtcNow().UtcTicks;
    }

    private TimeSpan Now => _time.GetElapsedTime(_made);

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        var found = await _region.FindAsync(cancellation);
        if (found.Region is not { } region)
        {
            return new SinkOutcome.Retry(found.Missing);
        }

        using var slots = new SemaphoreSlim(MaxUnderWay);
        var groups = RunLines.Deal(batch.Lines, Environment.MachineName.ToLowerInvariant(), out var noEvents);
        var sending = new Sending(region, slots, batch.Origin != BatchOrigin.Live, cancellation);
        if (_taken.Begin(batch))
        {
            _aside.Begin(Now);
        }

        var answers = await Task.WhenAll(groups.Select(async group => (Group: group, Answer: _taken[group.EntityId] ?? await AnswerAsync(sending, group))));
        _taken.Keep(answers);
        return ClusterOutcome.Of(answers, SetAside(answers, batch), noEvents, batch.Attempt);
    }

    /// <inheritdoc />
    public void DoIdleWork()
    {
        if (!_pace.IsDue(Now))
        {
            return;
        }

        if (_letters.TryAskFor(_time.GetUtcNow()))
        {
            _pace.Tried(Now);
        }
        else
        {
            _pace.FoundNone();
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _region.DisposeAsync();

    private IReadOnlyDictionary<string, string> SetAside((EntityLines Lines, object? Answer)[] answers, SinkBatch batch)
    {
        var isAgain = batch.Origin == BatchOrigin.DeadLetters;
        if (isAgain && answers.Any(answer => answer.Answer is RunBatchTaken))
        {
            _pace.WereTaken(Now);
        }

        var aside = _aside.Decide(answers, batch.Attempt, isAgain, _letters.HasRoom, Now);
        if (aside.Count > 0)
        {
            _pace.SetAside(Now);
        }

        return aside;
    }

    // Lines that were set aside are what a run is tried with: nothing newer goes before them.
    private async Task<object?> AnswerAsync(Sending sending, EntityLines group) =>
        !sending.IsRepeat && _aside.IsAside(group.EntityId, Now) && _letters.HasRoom ? AsideRuns.NotTold.Instance : await TellAsync(sending, group);

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
