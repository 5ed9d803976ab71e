using TelemetryActors.Runs;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>Many runs at once: each lives for a while, then another takes its place. Not thread-safe.</summary>
internal sealed class LoadFleet(TelemetryClient client, string agent, int size, double eventsPerSecond)
{
    private static readonly RunStatus[] Ends = [RunStatus.Success, RunStatus.Success, RunStatus.Success, RunStatus.Failed, RunStatus.Partial, RunStatus.Cancelled];
    private const double ShortestSeconds = 5;
    private const double LongestSeconds = 25;

    private readonly List<LoadRun> _runs = [];
    private double _owed;

    public int Open => _runs.Count;

    public int Begun { get; private set; }

    public long Recorded { get; private set; }

    public long Refused { get; private set; }

    /// <summary>What all of them do in a while.</summary>
    public void Work(TimeSpan lasting)
    {
        while (_runs.Count < size)
        {
            _runs.Add(new LoadRun(client.StartRun(agent, "trial"), ShortestSeconds + (Random.Shared.NextDouble() * (LongestSeconds - ShortestSeconds))));
            Begun++;
        }

        _owed += eventsPerSecond * lasting.TotalSeconds;
        var events = (int)_owed;
        _owed -= events;
        foreach (var run in _runs)
        {
            for (var number = 0; number < events; number++)
            {
                Count(run.Record().IsAccepted);
            }

            run.Left -= lasting.TotalSeconds;
        }

        foreach (var over in _runs.Where(run => run.Left <= 0).ToList())
        {
            End(over);
        }
    }

    public void EndAll() => _runs.ToList().ForEach(End);

    private void End(LoadRun run)
    {
        run.Run.End(Ends[Random.Shared.Next(Ends.Length)]);
        _runs.Remove(run);
    }

    private void Count(bool isAccepted)
    {
        Recorded += isAccepted ? 1 : 0;
        Refused += isAccepted ? 0 : 1;
    }
}
