using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Delegate;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Conformance;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Delegate;

[Trait("Feature", "S2.8")]
public sealed class DelegateSinkSpec : SinkConformance
{
    private readonly List<long> _arrived = [];
    private bool _isBroken;

    protected override ISink Create() => new DelegateSink((batch, _) =>
    {
        if (_isBroken)
        {
            return ValueTask.FromResult<SinkOutcome>(new SinkOutcome.Retry("broken"));
        }

        _arrived.AddRange(batch.Events().Select(Lines.NumberOf));
        return ValueTask.FromResult(SinkOutcome.Delivered);
    });

    protected override IReadOnlyList<long> Arrived() => _arrived;

    protected override bool TryBreak() => _isBroken = true;

    protected override bool TryMend()
    {
        _isBroken = false;
        return true;
    }

    [Fact]
    public async Task A_delegate_that_returns_has_delivered()
    {
        var definition = DelegateSinkRegistration.Define("custom", (_, _) => ValueTask.CompletedTask);
        await using var sink = definition.Create(new SinkContext("custom", "/nowhere", TimeProvider.System));

        var outcome = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
    }
}
