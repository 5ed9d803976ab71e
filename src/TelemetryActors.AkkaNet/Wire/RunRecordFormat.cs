using System.Runtime.Serialization;
using TelemetryActors.Runs;

namespace TelemetryActors.AkkaNet.Wire;

/// <summary>A run's record on the wire and in snapshots.</summary>
internal static class RunRecordFormat
{
    public static void Write(WireWriter to, RunRecord run)
    {
        to.Text(run.RunId);
        to.Maybe(run.AgentName, to.Text);
        to.Maybe(run.JobType, to.Text);
        to.Count((int)run.Status);
        to.Maybe(run.StartTime, to.Instant);
        to.Maybe(run.EndTime, to.Instant);
        to.Maybe(run.DurationMs, to.Double);
        to.List(run.Metrics, metric =>
        {
            to.Text(metric.Key);
            to.Maybe(metric.Value.Text, to.Text);
            to.Double(metric.Value.Number);
        });
        to.Maybe(run.InputSummary, to.Text);
        to.Maybe(run.OutputSummary, to.Text);
        to.Maybe(run.ErrorSummary, to.Text);
        to.List(run.Labels, label =>
        {
            to.Text(label.Key);
            to.Text(label.Value);
        });
        to.Int64(run.EventCount);
        to.Int64(run.DuplicateCount);
        to.Int64(run.IgnoredEndCount);
        to.Maybe(run.LastSequence, to.Int64);
        to.List(run.UnnumberedIds, to.Text);
        to.Instant(run.LastHeardOf);
    }

    // The members are read in the order they stand in, which is the order they were written in.
    public static RunRecord Read(WireReader from) => new()
    {
        RunId = from.Text(),
        AgentName = from.MaybeText(),
        JobType = from.MaybeText(),
        Status = Status(from.Count()),
        StartTime = from.Maybe(from.Instant),
        EndTime = from.Maybe(from.Instant),
        DurationMs = from.Maybe(from.Double),
        Metrics = Named(from.List(() => KeyValuePair.Create(from.Text(), Metric(from.MaybeText(), from.Double())))),
        InputSummary = from.MaybeText(),
        OutputSummary = from.MaybeText(),
        ErrorSummary = from.MaybeText(),
        Labels = Named(from.List(() => KeyValuePair.Create(from.Text(), from.Text()))),
        EventCount = from.Int64(),
        DuplicateCount = from.Int64(),
        IgnoredEndCount = from.Int64(),
        LastSequence = from.Maybe(from.Int64),
        UnnumberedIds = from.List(from.Text),
        LastHeardOf = from.Instant(),
    };

    private static RunStatus Status(int number) =>
        Enum.IsDefined((RunStatus)number) ? (RunStatus)number : throw new SerializationException($"{number} is no status of a run");

    private static MetricValue Metric(string? text, double number) => text is null ? MetricValue.FromDouble(number) : MetricValue.FromString(text);

    private static Dictionary<string, T> Named<T>(List<KeyValuePair<string, T>> entries)
    {
        var named = new Dictionary<string, T>(entries.Count, StringComparer.Ordinal);
        foreach (var (name, value) in entries)
        {
            if (!named.TryAdd(name, value))
            {
                throw new SerializationException($"the name {name} comes twice");
            }
        }

        return named;
    }
}
