using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Engine;

public sealed class BatchReaderSpec
{
    private readonly MemoryEventSource _source = new();
    private readonly byte[] _buffer = new byte[BatchReader.BufferBytes(SinkPolicies.Upload)];

    [Fact]
    [Trait("Feature", "S2.6")]
    public void The_byte_limit_bounds_the_second_and_later_events()
    {
        _source.Append(1000);

        var read = BatchReader.Read(_source, Plan(maxEvents: 1000), _buffer);

        Assert.InRange(read.Bytes, 9_800, 9_900);
        Assert.Equal(read.Bytes, read.End.Position - read.Start.Position);
    }

    [Fact]
    [Trait("Feature", "S2.6")]
    public void An_event_over_the_limit_goes_alone()
    {
        _source.Append(Lines.Event(0, new string('x', 20_000)));
        _source.Append(5);

        var read = BatchReader.Read(_source, Plan(maxEvents: 100), _buffer);

        Assert.Equal(1, read.Count);
    }

    [Fact]
    public void The_newest_event_is_found_however_far_it_is()
    {
        _source.Append(5000);

        var read = BatchReader.Read(_source, Plan(maxEvents: 1) with { NewestOnly = true }, _buffer);

        Assert.Equal((4999L, 5000L), (read.Start.Ordinal, read.End.Ordinal));
        Assert.Equal(4999, Lines.NumberOf(_buffer.AsMemory(0, read.Bytes)));
    }

    private static BatchPlan Plan(int maxEvents) => new(1, default, maxEvents, SinkPolicies.Upload.MaxBatchBytes, IsProbe: false, NewestOnly: false);
}
