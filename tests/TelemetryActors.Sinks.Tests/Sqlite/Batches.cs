using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sqlite;

/// <summary>Lines as the log holds them, and batches of them with the cursors that belong to them.</summary>
internal static class Batches
{
    public static readonly StreamId Stream = new(7);

    public static string Line(string name, long id, string? run = null, long? seq = null, string details = "{}", string second = "00") =>
        $"{{\"ts\":\"2026-03-01T12:00:{second}.000000Z\",\"event\":\"{name}\",\"details\":{details}"
        + (run is null ? "" : $",\"run_id\":\"{run}\"") + (seq is null ? "" : $",\"run_seq\":{seq,10}") + $",\"id\":\"00000000000-{id:d14}\"}}";

    /// <summary>A run of three lines, one after another from an id on.</summary>
    public static string[] Run(string run, long id, string second = "00") =>
    [
        Line("run_start", id, run, 1, $"{{\"agent_name\":\"crawler\",\"job_type\":\"nightly\"}}", second),
        Line("checkpoint", id + 1, run, 2, "{\"step\":1}", second),
        Line("run_end", id + 2, run, 3, "{\"status\":\"success\",\"duration_ms\":12.5,\"metrics\":{\"items_discovered\":10}}", second),
    ];

    /// <summary>A part of a slot's stream that consists of these lines alone.</summary>
    public static SinkBatch Part(IReadOnlyList<string> all, int from, int count, int slot = 1, StreamId? stream = null)
    {
        var lines = all.Select(line => System.Text.Encoding.UTF8.GetBytes(line + "\n")).ToList();
        Cursor At(int index) => new(stream ?? Stream, lines.Take(index).Sum(line => (long)line.Length), index);
        return new SinkBatch(slot, At(from), At(from + count), lines.Skip(from).Take(count).SelectMany(line => line).ToArray());
    }

    public static SinkBatch All(params IReadOnlyList<string> lines) => Part(lines, 0, lines.Count);

    public static SinkOutcome Take(this SqliteSink sink, SinkBatch batch) => sink.DeliverAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public static void Close(this SqliteSink sink) => sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
