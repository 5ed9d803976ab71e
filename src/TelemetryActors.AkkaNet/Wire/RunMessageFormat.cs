using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Runs;

namespace TelemetryActors.AkkaNet.Wire;

/// <summary>What is told to a run's actor and answered by it, on the wire.</summary>
internal static class RunMessageFormat
{
    public static void Write(WireWriter to, RunBatch batch)
    {
        to.Text(batch.EntityId);
        to.Int64(batch.BatchId);
        to.Count(batch.Count);
        to.Bytes(batch.Lines.Span);
    }

    public static RunBatch ReadBatch(WireReader from, bool isRepeat)
    {
        var (entity, id, count) = (from.Text(), from.Int64(), from.Count());
        return new RunBatch(entity, id, from.Bytes(), count) { IsRepeat = isRepeat };
    }

    public static void Write(WireWriter to, RunBatchTaken taken)
    {
        to.Int64(taken.BatchId);
        to.Count(taken.Accepted);
        to.Count(taken.Duplicates);
    }

    public static RunBatchTaken ReadTaken(WireReader from) => new(from.Int64(), from.Count(), from.Count());

    public static void Write(WireWriter to, RunBatchRefused refused)
    {
        to.Int64(refused.BatchId);
        to.Text(refused.Reason);
        to.Maybe(refused.RetryAfter?.Ticks, to.Int64);
        to.Truth(refused.IsFinal);
    }

    public static RunBatchRefused ReadRefused(WireReader from) =>
        new(from.Int64(), from.Text(), from.Maybe(from.Int64) is { } ticks ? TimeSpan.FromTicks(ticks) : null, from.Truth());

    public static void Write(WireWriter to, RunQuery query) => to.Text(query.EntityId);

    public static RunQuery ReadQuery(WireReader from) => new(from.Text());

    public static void Write(WireWriter to, RunAnswer answer)
    {
        to.Text(answer.EntityId);
        to.Maybe(answer.Record, record => RunRecordFormat.Write(to, record));
    }

    public static RunAnswer ReadAnswer(WireReader from) => new(from.Text(), from.Truth() ? RunRecordFormat.Read(from) : null);

    public static void Write(WireWriter to, RunSnapshot snapshot)
    {
        to.Maybe(snapshot.Record, record => RunRecordFormat.Write(to, record));
        to.List(snapshot.Seen.Highest, highest =>
        {
            to.Text(highest.Key);
            to.Int64(highest.Value);
        });
        to.List(snapshot.Seen.Foreign, to.Text);
    }

    public static RunSnapshot ReadSnapshot(WireReader from) => new(
        from.Truth() ? RunRecordFormat.Read(from) : null,
        new SeenIdsRecord(from.List(() => KeyValuePair.Create(from.Text(), from.Int64())), from.List(from.Text)));
}
