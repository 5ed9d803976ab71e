using TelemetryActors.Engine;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;

namespace TelemetryActors.Tests.Client;

/// <summary>An engine that runs long before its start returns.</summary>
internal sealed class LateEngine(IPipelineEngine inner, WaitHandle mayReturn) : IPipelineEngine
{
    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    public EngineEnvironment Environment => inner.Environment;

    public IEnumerable<SinkSupervisor> Supervisors => inner.Supervisors;

    public IReadOnlyList<SinkStatus> Statuses => inner.Statuses;

    public SinkSupervisor this[string sink] => inner[sink];

    public void Start()
    {
        inner.Start();
        mayReturn.WaitOne(Bound);
    }

    public void Wake(string sink) => inner.Wake(sink);

    public void SetBatching(string sink, int flushEvents, TimeSpan flushInterval) => inner.SetBatching(sink, flushEvents, flushInterval);

    public void Command(string sink, SinkCommand command) => inner.Command(sink, command);

    public bool HasLogEnded => inner.HasLogEnded;

    public Task<bool> StopAsync() => inner.StopAsync();
}
