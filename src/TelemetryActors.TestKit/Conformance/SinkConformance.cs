using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Privacy;
using Xunit;
using Xunit.Sdk;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What every sink must do. Inherit it once a sink, for sinks of your own too.</summary>
/// <remarks>A fact that needs something an inheritor does not offer (<see cref="TryBreak"/>, <see cref="TryMend"/>, <see cref="TryHang"/>) proves nothing and passes.</remarks>
public abstract class SinkConformance
{
    // How long a call may go on after it was cancelled: far longer than one that looks needs on a busy machine.
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(4);

    // In so many parts: where the whole machine stands still one of them is lost, and the call has the others still.
    private const int Looks = 40;

    private static readonly Redactor Redactor = new(new RedactionOptions());

    /// <summary>Makes the sink, connected to something that works.</summary>
    protected abstract ISink Create();

    /// <summary>The numbers of the events that arrived at the other end, in order, repetitions included.</summary>
    protected abstract IReadOnlyList<long> Arrived();

    /// <summary>Makes the other end refuse or drop everything; false when this kind of destination cannot fail.</summary>
    /// <remarks>Called after <see cref="Create"/>: what breaks must be what the living sink talks to.</remarks>
    protected abstract bool TryBreak();

    /// <summary>Makes the other end work again after <see cref="TryBreak"/>; false when that cannot be done here.</summary>
    protected virtual bool TryMend() => false;

    /// <summary>Makes the other end take a call and not answer it before the result is disposed; null when that cannot be done here. Called after <see cref="Create"/>.</summary>
    protected virtual IDisposable? TryHang() => null;

    /// <summary>The line of the event with a number, without its line feed: one that the sink sends. Override it for a sink that passes over ordinary events.</summary>
    /// <remarks>It must hold no personal data, and the same bytes for the same number.</remarks>
    protected virtual byte[] LineOf(long number) => Lines.Event(number);

    /// <summary>What the sink was given that no outcome may show: credentials, and addresses that are ones.</summary>
    protected virtual IReadOnlyList<string> Secrets => [];

    [Fact]
    public async Task Delivers_a_batch_in_order()
    {
        await using var sink = Create();

        var outcome = await OutcomeOf(sink, Batch(0, 10), CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(Enumerable.Range(0, 10).Select(number => (long)number), Arrived());
    }

    [Fact]
    public async Task Delivers_a_batch_of_one_event()
    {
        await using var sink = Create();

        var outcome = await OutcomeOf(sink, Batch(7, 1), CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal([7], Arrived());
    }

    [Fact]
    public async Task Delivers_one_batch_after_the_other()
    {
        await using var sink = Create();

        await OutcomeOf(sink, Batch(0, 3), CancellationToken.None);
        await OutcomeOf(sink, Batch(3, 3), CancellationToken.None);

        Assert.Equal([0, 1, 2, 3, 4, 5], Arrived());
    }

    [Fact]
    public async Task Keeps_nothing_of_the_batchs_memory_after_the_call()
    {
        await using var sink = Create();
        var batch = Batch(0, 5);
        var memory = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(batch.Lines, out var lines) ? lines.Array! : [];

        await OutcomeOf(sink, batch, CancellationToken.None);
        memory.AsSpan().Fill((byte)'x');

        Assert.Equal([0, 1, 2, 3, 4], Arrived());
    }

    [Fact]
    public async Task The_same_batch_twice_arrives_whole_once_or_twice()
    {
        await using var sink = Create();

        var first = await OutcomeOf(sink, Batch(0, 4), CancellationToken.None);
        var second = await OutcomeOf(sink, Batch(0, 4), CancellationToken.None);

        Assert.Equal((SinkOutcome.Delivered, SinkOutcome.Delivered), (first, second));
        string[] sound = ["0 1 2 3", "0 1 2 3 0 1 2 3"];
        Assert.Contains(string.Join(' ', Arrived()), sound);
    }

    [Fact]
    public async Task A_failure_is_an_outcome_or_a_throw_and_not_delivered()
    {
        await using var sink = Create();
        if (!TryBreak())
        {
            return;
        }

        var outcome = (await AnswerOf(sink, Batch(0, 5))).Outcome;

        Assert.NotEqual(SinkOutcome.Delivered, outcome);
    }

    [Fact]
    public async Task No_reason_shows_a_secret()
    {
        await using var sink = Create();
        if (!TryBreak())
        {
            return;
        }

        var outcome = (await AnswerOf(sink, Batch(0, 5))).Outcome;

        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, outcome.ToString(), StringComparison.Ordinal));
        Assert.Null(Redactor.Redact(outcome.ToString()));
    }

    [Fact]
    public async Task Delivers_again_when_the_other_end_works_again()
    {
        var sink = Create();
        if (!TryBreak())
        {
            await sink.DisposeAsync();
            return;
        }

        var broken = await AnswerOf(sink, Batch(0, 5));
        if (!TryMend())
        {
            await sink.DisposeAsync();
            return;
        }

        if (broken.HasThrown)
        {
            await sink.DisposeAsync();
            sink = Create();
        }

        var outcome = (await AnswerOf(sink, Batch(0, 5))).Outcome;
        var next = (await AnswerOf(sink, Batch(5, 2))).Outcome;
        await sink.DisposeAsync();

        Assert.Equal((SinkOutcome.Delivered, SinkOutcome.Delivered), (outcome, next));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Arrived().Distinct());
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_the_batch_can_come_again()
    {
        var sink = Create();
        await AnswerOf(sink, Batch(0, 1));

        var cancelled = await EndOf(sink, Batch(1, 3), new CancellationToken(canceled: true));
        if (cancelled.HasThrown)
        {
            await sink.DisposeAsync();
            sink = Create();
        }

        var again = (await AnswerOf(sink, Batch(1, 3))).Outcome;
        await sink.DisposeAsync();

        Assert.Equal(SinkOutcome.Delivered, again);
        Assert.Equal([0, 1, 2, 3], Arrived().Distinct());
    }

    [Fact]
    public async Task A_call_that_waits_for_the_other_end_ends_when_it_is_cancelled()
    {
        var sink = Create();
        await AnswerOf(sink, Batch(0, 1));
        using (var hang = TryHang())
        {
            if (hang is not null)
            {
                using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
                var outcome = (await EndOf(sink, Batch(1, 3), cancellation.Token)).Outcome;

                Assert.NotEqual(SinkOutcome.Delivered, outcome);
            }
        }

        await sink.DisposeAsync();
    }

    /// <summary>Events with consecutive numbers, as <see cref="LineOf"/> writes them.</summary>
    protected SinkBatch Batch(long first, int count)
    {
        byte[] lines = [.. Enumerable.Range(0, count).SelectMany(index => LineOf(first + index).Append((byte)'\n'))];
        var stream = new StreamId(1);
        return new SinkBatch(1, new Cursor(stream, 0, first), new Cursor(stream, lines.Length, first + count), lines);
    }

    // On a thread of its own, for a sink may block; one that does not look at its token fails the fact instead of hanging it.
    private static async Task<Answer> EndOf(ISink sink, SinkBatch batch, CancellationToken cancellation)
    {
        var call = Task.Factory.StartNew(() => AnswerOf(sink, batch, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        var cancelled = new TaskCompletionSource();
        await using var registered = cancellation.Register(cancelled.SetResult);
        await Task.WhenAny(call, cancelled.Task);
        for (var look = 0; look < Looks; look++)
        {
            if (await HasEndedAsync(call, CancelPatience / Looks))
            {
                return await call;
            }
        }

        throw new XunitException($"The call went on for {CancelPatience} after it was cancelled: the sink does not look at its token, or waits without it.");
    }

    private static async Task<bool> HasEndedAsync(Task<Answer> call, TimeSpan within)
    {
        try
        {
            await call.WaitAsync(within, TimeProvider.System, CancellationToken.None);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task<SinkOutcome> OutcomeOf(ISink sink, SinkBatch batch, CancellationToken cancellation)
    {
        var outcome = await sink.DeliverAsync(batch, cancellation);
        Assert.True(outcome is not null, "DeliverAsync returned no outcome (null, as `return default;` does): an engine takes that for a failed call.");
        return outcome;
    }

    private static async Task<Answer> AnswerOf(ISink sink, SinkBatch batch, CancellationToken cancellation = default)
    {
        try
        {
            return new Answer(await OutcomeOf(sink, batch, cancellation), HasThrown: false);
        }
        catch (Exception exception) when (exception is not XunitException)
        {
            // What an engine makes of it.
            return new Answer(new SinkOutcome.Retry($"{exception.GetType().Name}: {exception.Message}"), HasThrown: true);
        }
    }

    // A sink that has thrown is made anew.
    private readonly record struct Answer(SinkOutcome Outcome, bool HasThrown);
}
