using System.Diagnostics;
using System.IO.Compression;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>What a level of compression costs and saves, on the product's own lines cut into objects of 8 MiB.</summary>
internal static class CompressionTable
{
    private const int MostEvents = 250_000;
    private const int ObjectBytes = 8 * 1024 * 1024;
    private const int Levels = 9;

    /// <summary>Runs every level over the same lines, a round to warm up and a round that counts, and prints them.</summary>
    public static void Print(CommandLine line, TextWriter output)
    {
        var events = Math.Min(line.Events, MostEvents);
        var lines = Lines(line, events);
        var table = new TextTable(
            $"gzip, {events} events of {lines.Length / events} bytes, objects of 8 MiB", "level", "MB/s", "us/event", "ratio", "bytes/event");
        for (var level = 1; level <= Levels; level++)
        {
            Compress(lines.AsSpan(0, Math.Min(lines.Length, ObjectBytes)), level);
            var watch = Stopwatch.StartNew();
            var compressed = Compress(lines, level);
            var time = watch.Elapsed;
            table.Add(
                $"{level}", $"{lines.Length / 1e6 / time.TotalSeconds:0}", $"{time.TotalMicroseconds / events:0.00}",
                $"{lines.Length / (double)compressed:0.00}", $"{compressed / (double)events:0.0}");
        }

        table.WriteTo(output);
    }

    private static long Compress(ReadOnlySpan<byte> lines, int level)
    {
        var compressed = 0L;
        while (!lines.IsEmpty)
        {
            var size = Math.Min(ObjectBytes, lines.Length);
            using var content = new MemoryStream();
            using (var gzip = new GZipStream(content, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
            {
                gzip.Write(lines[..size]);
            }

            compressed += content.Length;
            lines = lines[size..];
        }

        return compressed;
    }

    // Ids, sequence numbers and all: what the event log holds is what goes into an object.
    private static byte[] Lines(CommandLine line, int events)
    {
        var directory = Directory.CreateDirectory(Path.Combine(line.Directory, Guid.NewGuid().ToString("n")));
        try
        {
            var input = EventGenerator.Create(events, line.Seed);
            var product = ContenderCatalog.Create(ContenderCatalog.Product);
            product.Open(directory.FullName, producers: 1);
            Array.ForEach(input, one => product.Write(0, one));
            product.Close();
            return [.. Directory.GetFiles(directory.FullName, "*.ndjson", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
