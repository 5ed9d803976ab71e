namespace TelemetryActors.AkkaNet.Agents;

/// <summary>How a program reports to a cluster of collectors, for <c>AddCluster</c>. Naming a seed is the owner's consent (D.9); while there is none, nothing connects.</summary>
public sealed class ClusterSinkOptions
{
    /// <summary>The port that collectors listen on unless it is told otherwise.</summary>
    public const int DefaultPort = 4053;

    /// <summary>Some of the collectors, as <c>host</c> or <c>host:port</c>: whoever of them answers tells of the others.</summary>
    public IList<string> Seeds { get; } = [];

    /// <summary>The name that the collectors' actor system has; <c>telemetry</c>.</summary>
    public string SystemName { get; set; } = "telemetry";

    /// <summary>The host or address under which collectors reach this process; null: the machine's name.</summary>
    public string? HostName { get; set; }

    /// <summary>The port under which collectors reach this process; 0, the default, takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>The longest time an event waits for its batch; 1 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one message may go unanswered before its batch is tried again; 15 s, which outlasts a shard that moves.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest time the circuit stays open: 10 s at first, doubling to this; 10 min. Set it to six hours for a collector that is not the owner's.</summary>
    /// <remarks>D.2. Shorter than a run's lease, so that an outage of the collectors does not make running work look abandoned.</remarks>
    public TimeSpan OpenTime { get; set; } = TimeSpan.FromMinutes(10);

    internal ClusterSinkOptions Copy()
    {
        var copy = new ClusterSinkOptions
        {
            SystemName = SystemName,
            HostName = HostName,
            Port = Port,
            FlushInterval = FlushInterval,
            AnswerTimeout = AnswerTimeout,
            OpenTime = OpenTime,
        };
        foreach (var seed in Seeds)
        {
            copy.Seeds.Add(seed);
        }

        return copy;
    }
}
