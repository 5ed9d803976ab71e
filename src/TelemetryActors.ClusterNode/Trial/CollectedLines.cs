namespace TelemetryActors.ClusterNode.Trial;

/// <summary>What stands in the logs of collectors, all of them together.</summary>
/// <param name="Lines">Every event.</param>
/// <param name="EndedRuns">The runs of which an end is there.</param>
internal sealed record CollectedLines(LineLedger Lines, IReadOnlySet<string> EndedRuns)
{
    /// <summary>Reads the logs of base directories.</summary>
    public static CollectedLines Of(IEnumerable<string> baseDirectories)
    {
        var lines = new LineLedger();
        var ended = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, _, line) in baseDirectories.SelectMany(BaseLines.Of))
        {
            lines.Add(line);
            if (line.RunId is { } run && line.EventIs("run_end"u8))
            {
                ended.Add(run);
            }
        }

        return new CollectedLines(lines, ended);
    }
}
