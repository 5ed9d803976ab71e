using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>The product as a service embeds it: privacy on, ids and run numbers on, the mapped ring, the event log as its one sink.</summary>
internal sealed class ProductClient : IContender
{
    private static readonly string[] Levels = ["debug", "info", "warning", "error"];

    private TelemetryClient _client = null!;
    private TelemetryRun[] _runs = null!;

    /// <inheritdoc/>
    public void Open(string directory, int producers)
    {
        _client = TelemetryClient.Start("bench", options => options.BaseDirectory = directory);
        _runs = [.. Enumerable.Range(0, producers).Select(_ => _client.StartRun("bench", "write"))];
    }

    /// <inheritdoc/>
    public void Write(int producer, in BenchEvent e)
    {
        var result = _runs[producer].RecordAt(
            Levels[(int)e.Level],
            e.Name,
            ("seq", e.Seq),
            ("tool", e.Tool),
            ("duration_ms", e.DurationMs),
            ("tokens", e.Tokens),
            ("ok", e.Ok),
            ("target", e.Target));
        if (!result.IsAccepted)
        {
            throw new InvalidOperationException($"Event {e.Seq} was refused: {result}.");
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        Array.ForEach(_runs, run => run.Dispose());
        _client.Dispose();
    }
}
