using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.Console;

/// <summary>Writes events to a console or any other <see cref="TextWriter"/> (S2.8, S2.66).</summary>
public sealed class ConsoleSink(ConsoleSinkOptions options) : ISink
{
    private readonly TextWriter _writer = options.Writer ?? System.Console.Out;

    /// <inheritdoc />
    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        foreach (var line in batch.Events())
        {
            _writer.WriteLine(options.Json ? ConsoleLine.Json(line.Span) : ConsoleLine.Text(line));
        }

        _writer.Flush();
        return ValueTask.FromResult(SinkOutcome.Delivered);
    }

    /// <summary>The writer is the caller's and stays open.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
