using System.IO.Compression;
using TelemetryActors.Sinks.S3.Reading;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

[Trait("Feature", "S1.5")]
public sealed class LineStreamSpec
{
    [Fact]
    public void Each_line_comes_with_its_line_feed_and_what_is_left_without()
    {
        using var lines = new LineStream(new MemoryStream([.. "one\n\ntwo\nrest"u8]));

        string[] read = [Next(lines), Next(lines), Next(lines), Next(lines), Next(lines)];

        Assert.Equal(["one\n", "\n", "two\n", "rest", ""], read);
    }

    [Fact]
    public void What_unpacks_to_far_more_than_a_line_has_is_damaged_and_takes_no_memory()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            foreach (var _ in Enumerable.Range(0, 64))
            {
                gzip.Write(zeros);
            }
        }

        compressed.Position = 0;
        using var lines = new LineStream(new GZipStream(compressed, CompressionMode.Decompress));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<InvalidDataException>(() => lines.Read());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
    }

    private static string Next(LineStream lines) => System.Text.Encoding.UTF8.GetString(lines.Read().Span);
}
