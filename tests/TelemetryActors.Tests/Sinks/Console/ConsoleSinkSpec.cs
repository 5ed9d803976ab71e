using System.Text;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.Console;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Conformance;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Console;

[Trait("Feature", "S2.8")]
public sealed class ConsoleSinkSpec : SinkConformance, IDisposable
{
    private readonly StringWriter _writer = new();

    public void Dispose() => _writer.Dispose();

    protected override ISink Create() => new ConsoleSink(new ConsoleSinkOptions { Writer = _writer, Json = true });

    protected override IReadOnlyList<long> Arrived() =>
        [.. _writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Lines.NumberOf(System.Text.Encoding.UTF8.GetBytes(line)))];

    protected override bool TryBreak() => false;

    [Fact]
    public async Task Short_text_has_time_level_event_and_details()
    {
        await using var sink = new ConsoleSink(new ConsoleSinkOptions { Writer = _writer });

        await sink.DeliverAsync(Batch(4, 1), CancellationToken.None);

        Assert.Equal("2026-03-01T12:00:00Z info test.event {\"n\":4}", _writer.ToString().TrimEnd());
    }
}
