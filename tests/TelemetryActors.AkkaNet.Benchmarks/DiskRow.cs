using System.Diagnostics;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>What the disk takes of such lines when nothing is done to them: one thread writes blocks that were made before, another fsyncs without a pause.</summary>
/// <remarks>The limit of every row whose answers wait for an fsync; no engine reaches it.</remarks>
internal static class DiskRow
{
    private const int BlockBytes = 1 << 20;

    public static async Task<double[]> MeasureAsync(string directory, int events, bool isTouched)
    {
        var batch = new BatchTemplate("20260301T120000Z-disk-00000000", "disk", events: 1000).Next(1, null);
        var lineBytes = batch.Lines.Length / batch.Count;
        var block = new byte[BlockBytes / lineBytes * lineBytes];
        for (var at = 0; at < block.Length; at += batch.Lines.Length)
        {
            batch.Lines.Span[..Math.Min(batch.Lines.Length, block.Length - at)].CopyTo(block.AsSpan(at));
        }

        await using var file = new FileStream(Path.Combine(directory, "disk.ndjson"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        (isTouched ? Ballast.Lay(directory, events) : null)?.Free();
        using var process = Process.GetCurrentProcess();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        var isWritten = false;
        var syncing = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isWritten))
                {
                    RandomAccess.FlushToDisk(file.SafeFileHandle);
                }
            },
            TaskCreationOptions.LongRunning);
        for (var (written, bytes) = (0L, (long)events * lineBytes); written < bytes; written += block.Length)
        {
            RandomAccess.Write(file.SafeFileHandle, block, written);
        }

        Volatile.Write(ref isWritten, true);
        await syncing;
        RandomAccess.FlushToDisk(file.SafeFileHandle);
        var took = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        return [events / took.TotalSeconds, (process.TotalProcessorTime - cpu).TotalMicroseconds / events];
    }
}
