using TelemetryActors.Events;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>One run of a load, and how many seconds of it are left.</summary>
internal sealed class LoadRun(TelemetryRun run, double left)
{
    private int _steps;

    public TelemetryRun Run { get; } = run;

    public double Left { get; set; } = left;

    public RecordResult Record()
    {
        _steps++;
        Run.SetMetric("steps", _steps);
        return Run.Record("checkpoint", ("step", _steps), ("url", "https://example.com/catalogue/page"), ("ms", 12.5), ("found", true));
    }
}
