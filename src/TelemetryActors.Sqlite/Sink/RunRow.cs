using System.Text.Json;
using TelemetryActors.Runs;

namespace TelemetryActors.Sqlite;

/// <summary>A run as a row, there and back.</summary>
internal static class RunRow
{
    private const string Discovered = "items_discovered";
    private const string Succeeded = "items_succeeded";
    private const string Failed = "items_failed";

    private static readonly int FirstLabel = 1 + RunColumns.Own.Count;

    /// <summary>Binds the columns of <see cref="RunColumns.All"/>, from the first parameter on.</summary>
    /// <returns>The number of the parameter behind them.</returns>
    public static int Bind(Statement statement, RunRecord run)
    {
        var index = 1;
        statement.Bind(index++, run.AgentName);
        statement.Bind(index++, run.JobType);
        statement.Bind(index++, Text(run.StartTime));
        statement.Bind(index++, Text(run.EndTime));
        statement.Bind(index++, run.Status.ToText());
        statement.Bind(index++, Count(run, Discovered));
        statement.Bind(index++, Count(run, Succeeded));
        statement.Bind(index++, Count(run, Failed));
        statement.Bind(index++, run.DurationMs);
        statement.Bind(index++, run.InputSummary);
        statement.Bind(index++, run.OutputSummary);
        statement.Bind(index++, run.ErrorSummary);
        statement.Bind(index++, run.Metrics.Count == 0 ? null : RunJsonText.OfMetrics(run.Metrics));
        statement.Bind(index++, StoredTime.Format(run.StartTime ?? run.LastHeardOf));
        index = BindCounts(statement, run, index);
        foreach (var label in RunEvents.Labels)
        {
            statement.Bind(index++, run.Labels.GetValueOrDefault(label));
        }

        return index;
    }

    /// <summary>Binds what every line changes.</summary>
    /// <returns>The number of the parameter behind it.</returns>
    public static int BindCounts(Statement statement, RunRecord run, int index)
    {
        statement.Bind(index++, StoredTime.Format(run.LastHeardOf));
        statement.Bind(index++, run.LastSequence);
        statement.Bind(index++, run.EventCount);
        statement.Bind(index++, run.DuplicateCount);
        statement.Bind(index++, run.IgnoredEndCount);
        statement.Bind(index++, run.UnnumberedIds.Count == 0 ? null : JsonSerializer.Serialize(run.UnnumberedIds));
        return index;
    }

    /// <summary>Reads a row of <see cref="RunColumns.List"/>.</summary>
    public static RunRecord Read(Statement row)
    {
        var index = 0;
        var run = new RunRecord
        {
            RunId = row.Text(index++)!,
            AgentName = row.Text(index++),
            JobType = row.Text(index++),
            StartTime = StoredTime.Parse(row.Text(index++)),
            EndTime = StoredTime.Parse(row.Text(index++)),
            Status = RunStatusText.TryParse(row.Text(index++), out var status) ? status : RunStatus.Running,
        };
        var items = index;
        index += 3;
        return run with
        {
            DurationMs = row.RealOrNull(index++),
            InputSummary = row.Text(index++),
            OutputSummary = row.Text(index++),
            ErrorSummary = row.Text(index++),
            Metrics = WithItems(RunJsonText.ReadMetrics(row.Text(index++)), row, items),
            LastHeardOf = StoredTime.Parse(row.Text(++index)) ?? run.StartTime ?? default,
            LastSequence = row.NumberOrNull(++index),
            EventCount = row.Number(++index),
            DuplicateCount = row.Number(++index),
            IgnoredEndCount = row.Number(++index),
            UnnumberedIds = row.Text(++index) is { } ids ? JsonSerializer.Deserialize<string[]>(ids)! : [],
            Labels = Labels(row),
        };
    }

    // Rows of an older system have the three counts and no metrics.
    private static Dictionary<string, MetricValue> WithItems(Dictionary<string, MetricValue> metrics, Statement row, int first)
    {
        string[] names = [Discovered, Succeeded, Failed];
        for (var i = 0; i < names.Length; i++)
        {
            if (row.RealOrNull(first + i) is { } count)
            {
                metrics.TryAdd(names[i], count);
            }
        }

        return metrics;
    }

    private static Dictionary<string, string> Labels(Statement row)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < RunEvents.Labels.Count; i++)
        {
            if (row.Text(FirstLabel + i) is { } text)
            {
                labels[RunEvents.Labels[i]] = text;
            }
        }

        return labels;
    }

    private static double? Count(RunRecord run, string name) => run.Metrics.TryGetValue(name, out var metric) && metric.Text is null ? metric.Number : null;

    private static string? Text(DateTimeOffset? instant) => instant is { } there ? StoredTime.Format(there) : null;
}
