using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>What an engine runs in: a stream in memory, a clock, a directory.</summary>
internal sealed class EngineRig(ManualTime time) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;
    private int _beats;

    public MemoryEventSource Source { get; } = new();

    /// <summary>Heartbeats that an engine has had.</summary>
    public int Beats => Volatile.Read(ref _beats);

    public EngineEnvironment Environment
    {
        get
        {
            IEventSource[] sources = [Source];
            return new EngineEnvironment
            {
                BaseDirectory = _directory,
                Sources = () => sources,
                Signal = Source,
                Raise = _ => { },
                OnHeartbeat = () => Interlocked.Increment(ref _beats),
                Time = time,
                Jitter = () => 0,
            };
        }
    }

    /// <summary>How long a call may take: so long that no call runs out of time because a busy machine is slower than the test's clock.</summary>
    public static TimeSpan CallTimeout { get; } = TimeSpan.FromHours(1);

    public static SinkDefinition Define(string name, ISink sink) =>
        new(name, SinkPolicies.EventLog with { Circuit = CircuitPolicy.Remote, MaxBatchEvents = 10, CallTimeout = CallTimeout }, _ => sink);

    public void Tick() => time.Advance(TimeSpan.FromMilliseconds(10));

    // A sink's files are kept by a thread that may outlive its system: what it writes at its end may still come.
    public void Dispose() => Eventually.True(TryDelete);

    private bool TryDelete()
    {
        try
        {
            Directory.Delete(_directory, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return !Directory.Exists(_directory);
        }
    }
}
