using System.Collections.Concurrent;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>Takes everything and remembers its text.</summary>
internal sealed class TextSink : ISink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        foreach (var line in batch.Events())
        {
            _lines.Enqueue(System.Text.Encoding.UTF8.GetString(line.Span));
        }

        return ValueTask.FromResult(SinkOutcome.Delivered);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
