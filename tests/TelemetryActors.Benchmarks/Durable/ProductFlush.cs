using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Durable;

/// <summary>The product's durable acknowledgement: record, then wait for <see cref="TelemetryClient.FlushAsync"/>.</summary>
internal sealed class ProductFlush : IDurableContender
{
    private TelemetryClient _client = null!;

    /// <inheritdoc/>
    public void Open(string directory) => _client = TelemetryClient.Start("bench", options => options.BaseDirectory = directory);

    /// <inheritdoc/>
    public Task WriteAsync(in BenchEvent e)
    {
        _client.Record(
            e.Name,
            ("seq", e.Seq),
            ("tool", e.Tool),
            ("duration_ms", e.DurationMs),
            ("tokens", e.Tokens),
            ("ok", e.Ok),
            ("target", e.Target));
        return FlushAsync();
    }

    /// <inheritdoc/>
    public void Close() => _client.Dispose();

    private async Task FlushAsync()
    {
        var flushed = await _client.FlushAsync();
        if (!flushed.IsDurable)
        {
            throw new InvalidOperationException(flushed.Reason);
        }
    }
}
