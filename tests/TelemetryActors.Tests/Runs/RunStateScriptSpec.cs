using System.Globalization;
using TelemetryActors.Encoding;
using Xunit;

namespace TelemetryActors.Runs;

[Trait("Feature", "S4.10")]
[Trait("Feature", "D.10")]
public sealed class RunStateScriptSpec
{
    private static readonly string[] Ends = ["success", "failed", "partial", "timeout", "cancelled", "abandoned", "abandoned", "nonsense"];

    [Fact]
    public void Whatever_the_lines_the_invariants_hold()
    {
        var endings = new HashSet<RunStatus>();

        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var lines = Script(random);
            var run = new RunState(RunLines.RunId);
            long applied = 0;
            foreach (var line in lines)
            {
                var before = run.ToRecord();
                var change = run.Apply(line);
                applied++;
                CheckStep(seed, before, change, run.ToRecord(), applied);
            }

            endings.Add(run.Status);
            CheckRepeated(seed, lines, run.ToRecord());
            CheckRestored(seed, lines, run.ToRecord(), random.Next(lines.Count));
        }

        Assert.Equal(7, endings.Count);
    }

    private static void CheckStep(int seed, RunRecord before, RunChange change, RunRecord after, long applied)
    {
        Assert.True(applied == after.EventCount + after.DuplicateCount, $"seed {seed}: every line is counted once");
        Assert.True(after.DurationMs is null or >= 0, $"seed {seed}: no run takes less than nothing");
        Assert.True((after.EndTime is null) == (after.Status == RunStatus.Running), $"seed {seed}: a run has an end when it has ended");
        Assert.True(!before.Status.IsFinal() || (after.Status, after.EndTime) == (before.Status, before.EndTime), $"seed {seed}: the first real end stands");
        Assert.True(before.StartTime is null || after.StartTime == before.StartTime, $"seed {seed}: the first start stands");
        Assert.True(change != RunChange.Ended || after.Status != RunStatus.Running, $"seed {seed}: an end ends");
        Assert.True(
            change != RunChange.Reopened || (before.Status, after.Status) == (RunStatus.Abandoned, RunStatus.Running),
            $"seed {seed}: only an abandoned run re-opens");
        Assert.True(
            after.IgnoredEndCount - before.IgnoredEndCount == (change == RunChange.EndIgnored ? 1 : 0),
            $"seed {seed}: ignored ends are counted");
        Assert.True(
            change != RunChange.Duplicate || after with { DuplicateCount = 0, Metrics = before.Metrics, Labels = before.Labels, UnnumberedIds = before.UnnumberedIds } == before with { DuplicateCount = 0 },
            $"seed {seed}: a duplicate changes nothing");
    }

    private static void CheckRepeated(int seed, List<EventLine> lines, RunRecord once)
    {
        var run = new RunState(RunLines.RunId);
        for (var i = 0; i < lines.Count; i++)
        {
            run.Apply(lines[i]);
            run.Apply(lines[i / 2]);
        }

        AssertSame(once, run.ToRecord(), $"seed {seed}: lines that come again change nothing");
    }

    private static void CheckRestored(int seed, List<EventLine> lines, RunRecord once, int at)
    {
        var run = new RunState(RunLines.RunId);
        for (var i = 0; i < lines.Count; i++)
        {
            run = i == at ? RunState.From(run.ToRecord()) : run;
            run.Apply(lines[i]);
        }

        AssertSame(once, run.ToRecord(), $"seed {seed}: a run goes on from its record");
    }

    private static void AssertSame(RunRecord expected, RunRecord actual, string because)
    {
        Assert.True(expected.Metrics.OrderBy(metric => metric.Key).SequenceEqual(actual.Metrics.OrderBy(metric => metric.Key)), because);
        Assert.True(
            expected with { DuplicateCount = 0 } == actual with
            {
                DuplicateCount = 0,
                Metrics = expected.Metrics,
                Labels = expected.Labels,
                UnnumberedIds = expected.UnnumberedIds,
            },
            because);
        Assert.Equal(expected.UnnumberedIds, actual.UnnumberedIds);
    }

    // Every line has its number; the clock jumps; some lines stand twice, a start may be missing or late.
    private static List<EventLine> Script(Random random)
    {
        var lines = new List<EventLine>();
        var second = 0.0;
        for (var sequence = 1; sequence <= 12; sequence++)
        {
            second += random.Next(10) == 0 ? random.Next(-500, 500) : random.NextDouble();
            var more = string.Create(CultureInfo.InvariantCulture, $",\"run_seq\":{sequence,10}");
            lines.Add(random.Next(10) switch
            {
                0 or 1 => RunLines.Start(second, more),
                2 or 3 => RunLines.End(second, Ends[random.Next(Ends.Length)], random.Next(2) == 0 ? "" : $",\"duration_ms\":{random.Next(-5, 50)}", more),
                4 => RunLines.Metrics(second, $"{{\"m{random.Next(3)}\":{random.Next(100)}}}", more),
                5 when lines.Count > 0 => lines[random.Next(lines.Count)],
                _ => RunLines.Event(second, more),
            });
        }

        return lines;
    }
}
