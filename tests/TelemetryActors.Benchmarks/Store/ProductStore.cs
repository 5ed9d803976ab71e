using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;
using TelemetryActors.Sqlite;
using TelemetryActors.Storage;

namespace TelemetryActors.Benchmarks.Store;

/// <summary>The product: the sink, fed from the log's files as a worker that fell behind feeds it; runs folded, cursor and counts in each transaction.</summary>
internal static class ProductStore
{
    /// <summary>Stores the log of a base directory; the clock is the caller's.</summary>
    public static void Fill(StoreFile file, string directory, int batchEvents)
    {
        var source = new OtherSlotSource(new LogFolder(DiskFileSystem.Instance, directory, null, 1), TimeProvider.System);
        var tail = source.Tail;
        var buffer = new byte[BatchReader.BufferBytes(SinkPolicies.LocalDatabase)];
        var sink = new SqliteSink(file, TimeProvider.System, said => throw new InvalidOperationException(said));
        sink.LoadAccounts();
        for (var from = new Cursor(tail.Stream, 0, 0); from.Ordinal < tail.Ordinal;)
        {
            var read = BatchReader.Read(source, new BatchPlan(1, from, batchEvents, SinkPolicies.LocalDatabase.MaxBatchBytes, false, false), buffer);
            var batch = new SinkBatch(1, read.Start, read.End, buffer.AsMemory(0, read.Bytes));
            if (sink.DeliverAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult() is not { } outcome || outcome != SinkOutcome.Delivered)
            {
                throw new InvalidOperationException("a batch was not stored");
            }

            from = read.End;
        }

        sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
