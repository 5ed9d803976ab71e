using TelemetryActors.Delivery;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Conformance;
using Xunit;
using Xunit.Sdk;

namespace TelemetryActors.Tests.Delivery;

/// <summary>The facts that every sink must pass find each sink that does not.</summary>
public sealed class SinkConformanceSpec
{
    [Fact]
    public async Task Finds_a_sink_that_does_not_look_at_its_token()
    {
        var facts = new Facts((_, calls, _) => calls == 1 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, CancellationToken.None));

        await Assert.ThrowsAnyAsync<XunitException>(facts.A_cancelled_call_ends_and_the_batch_can_come_again);
    }

    [Fact]
    public async Task Finds_a_sink_that_takes_a_part_of_a_batch_that_comes_again()
    {
        var facts = new Facts((arrived, calls, numbers) => Add(arrived, calls == 1 ? numbers : numbers[2..]));

        await Assert.ThrowsAnyAsync<XunitException>(facts.The_same_batch_twice_arrives_whole_once_or_twice);
    }

    [Fact]
    public async Task Finds_a_sink_that_stays_broken()
    {
        var facts = new Facts((_, _, _) => throw new IOException("broken for good"));

        await Assert.ThrowsAnyAsync<XunitException>(facts.Delivers_again_when_the_other_end_works_again);
    }

    [Theory]
    [InlineData("POST https://hook.example/s3cr3t failed")]
    [InlineData("refused for jane@example.com")]
    [InlineData("Authorization: Basic dXNlcjpwYXNz")]
    public async Task Finds_a_sink_whose_reason_shows_a_secret(string reason)
    {
        var facts = new Facts((_, _, _) => throw new IOException(reason));

        await Assert.ThrowsAnyAsync<XunitException>(facts.No_reason_shows_a_secret);
    }

    [Fact]
    public async Task Finds_a_sink_that_returns_no_outcome_and_says_so()
    {
        var facts = new Facts((arrived, _, numbers) => Add(arrived, numbers)) { Answer = null! };
        Func<Task>[] all =
        [
            facts.Delivers_a_batch_in_order, facts.Delivers_a_batch_of_one_event, facts.Delivers_one_batch_after_the_other,
            facts.The_same_batch_twice_arrives_whole_once_or_twice, facts.A_failure_is_an_outcome_or_a_throw_and_not_delivered, facts.No_reason_shows_a_secret,
            facts.Delivers_again_when_the_other_end_works_again, facts.A_cancelled_call_ends_and_the_batch_can_come_again,
        ];

        foreach (var fact in all)
        {
            var told = await Assert.ThrowsAnyAsync<XunitException>(fact);
            Assert.Contains("no outcome", told.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lets_a_sink_throw_when_it_fails()
    {
        var facts = new Facts((arrived, calls, numbers) => calls == 1 ? throw new IOException("HTTP 500") : Add(arrived, numbers));

        await facts.A_failure_is_an_outcome_or_a_throw_and_not_delivered();
        await facts.No_reason_shows_a_secret();
        await facts.Delivers_again_when_the_other_end_works_again();
    }

    private static Task Add(List<long> arrived, long[] numbers)
    {
        arrived.AddRange(numbers);
        return Task.CompletedTask;
    }

    private sealed class Facts(Func<List<long>, int, long[], Task> deliver) : SinkConformance
    {
        private readonly List<long> _arrived = [];
        private int _calls;

        public SinkOutcome Answer { get; init; } = SinkOutcome.Delivered;

        protected override IReadOnlyList<string> Secrets => ["s3cr3t"];

        protected override ISink Create() => new Sink(this);

        protected override IReadOnlyList<long> Arrived() => _arrived;

        protected override bool TryBreak()
        {
            _calls = 0;
            return true;
        }

        protected override bool TryMend() => true;

        private async Task DeliverAsync(SinkBatch batch) => await deliver(_arrived, ++_calls, [.. batch.Events().Select(Lines.NumberOf)]);

        private sealed class Sink(Facts facts) : ISink
        {
            public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
            {
                await facts.DeliverAsync(batch);
                return facts.Answer;
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
