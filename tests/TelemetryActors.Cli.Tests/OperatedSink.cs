using System.Collections.Concurrent;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Cli;

/// <summary>A sink in this process, which refuses some events by name, for the program to operate from outside.</summary>
internal sealed class OperatedSink : ISink
{
    public const string Name = "operated";

    private readonly ConcurrentQueue<string> _names = new();

    /// <summary>The events it refuses; none when empty.</summary>
    public ConcurrentDictionary<string, string> Refused { get; } = new();

    /// <summary>The names of what it took.</summary>
    public IReadOnlyList<string> Names => [.. _names.Where(name => !name.StartsWith("sink_", StringComparison.Ordinal))];

    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        List<RejectedItem> refused = [];
        foreach (var (index, line) in batch.Events().Index())
        {
            var name = JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()!;
            if (Refused.TryGetValue(name, out var reason))
            {
                refused.Add(new RejectedItem(index, reason));
            }
            else
            {
                _names.Enqueue(name);
            }
        }

        return ValueTask.FromResult<SinkOutcome>(refused.Count == 0 ? SinkOutcome.Delivered : new SinkOutcome.PartlyDelivered(refused));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Records in this process with this sink, which gets events at once.</summary>
    public void Record(TelemetryProgram program, Action<TelemetryClient> record)
    {
        var options = program.Options();
        options.AddSink(new SinkDefinition(Name, SinkPolicies.Custom with { FlushEvents = 1, FlushInterval = TimeSpan.Zero }, _ => this));
        using var client = TelemetryClient.Start(options);
        record(client);
    }
}
