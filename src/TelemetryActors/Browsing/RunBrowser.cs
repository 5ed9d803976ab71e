using TelemetryActors.Runs;

namespace TelemetryActors.Browsing;

/// <summary>Folds the log's lines into runs.</summary>
/// <remarks>
/// Reads the whole log once. At most <see cref="MaxRuns"/> runs are kept beside each other: when more are met, the half that was heard of longest
/// ago is settled and only those that are asked for stay.
/// </remarks>
internal sealed class RunBrowser(EventLogBrowser browser)
{
    public const int MaxRuns = 20_000;

    /// <summary>The newest runs, oldest first.</summary>
    /// <param name="isWanted">Which are asked for.</param>
    /// <param name="since">Runs whose last line is older are left out.</param>
    /// <param name="last">How many at the most.</param>
    public IReadOnlyList<RunRecord> Last(Func<RunRecord, bool> isWanted, DateTimeOffset? since, int last)
    {
        var open = new Dictionary<string, RunState>(StringComparer.Ordinal);
        List<RunRecord> settled = [];
        foreach (var line in browser.All(new EventFilter(since: since)))
        {
            if (line.RunId is not { } id)
            {
                continue;
            }

            if (!open.TryGetValue(id, out var run))
            {
                if (open.Count >= MaxRuns)
                {
                    Settle(open, settled, isWanted, last);
                }

                open[id] = run = new RunState(id);
            }

            run.Apply(line);
        }

        settled.AddRange(open.Values.Select(run => run.ToRecord()).Where(isWanted));
        return Newest(settled, last);
    }

    private static void Settle(Dictionary<string, RunState> open, List<RunRecord> settled, Func<RunRecord, bool> isWanted, int last)
    {
        foreach (var record in open.Values.Select(run => run.ToRecord()).OrderBy(record => record.LastHeardOf).Take(MaxRuns / 2).ToList())
        {
            open.Remove(record.RunId);
            if (isWanted(record))
            {
                settled.Add(record);
            }
        }

        var kept = Newest(settled, last);
        settled.Clear();
        settled.AddRange(kept);
    }

    private static List<RunRecord> Newest(IEnumerable<RunRecord> runs, int last) =>
        [.. runs.OrderBy(BeganAt).ThenBy(run => run.RunId, StringComparer.Ordinal).TakeLast(last)];

    private static DateTimeOffset BeganAt(RunRecord run) => run.StartTime ?? run.LastHeardOf;
}
