using System.Text.Json;

namespace TelemetryActors.Sinks.Tests.Outage;

/// <summary>Follows the events of runs by their numbers, in memory that grows with the runs alone.</summary>
internal sealed class RunOrder
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _next = new(StringComparer.Ordinal);
    private long _taken;
    private long _outOfOrder;

    /// <summary>Events that came.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Events that came twice, or with a hole before them.</summary>
    public long OutOfOrder => Volatile.Read(ref _outOfOrder);

    public void Take(JsonElement line)
    {
        if (line.GetProperty("event").GetString() == "step")
        {
            Take(line.GetProperty("run_id").GetString()!, line.GetProperty("details").GetProperty("n").GetInt64());
        }
    }

    public void Take(string run, long number)
    {
        lock (_gate)
        {
            _outOfOrder += number == _next.GetValueOrDefault(run) ? 0 : 1;
            _next[run] = number + 1;
            _taken++;
        }
    }
}
