using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Engine;

/// <summary>What a write of dead letters that failed may have left, and who takes it back.</summary>
[Trait("Feature", "S1.18")]
public sealed class UnsettledLettersSpec : IDisposable
{
    private const string Name = "sink";
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;
    private readonly FaultyFileSystem _disk = new(DiskFileSystem.Instance);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(400)]
    public void A_write_that_failed_leaves_nothing_behind(int kept)
    {
        var (unsettled, letters) = Open();
        unsettled.Withdraw(SinkState.Fresh);
        Write(letters, 0, 5);

        _disk.FailWrite(1, kept);
        Assert.ThrowsAny<IOException>(() => Write(letters, 5, 3));
        Write(letters, 5, 3);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Numbers());
    }

    [Fact]
    public void What_another_owner_has_written_since_is_not_taken_back()
    {
        var (unsettled, letters) = Open();
        unsettled.Withdraw(SinkState.Fresh);
        Write(letters, 0, 5);
        var path = SinkPaths.DeadLetters(_directory, Name);
        Assert.ThrowsAny<IOException>(() => Write(letters, 5, 3, () => _disk.MakeUnreadable(path)));
        _disk.MakeReadable(path);
        var (other, others) = Open();
        other.Withdraw(SinkState.Fresh with { Letters = 5 });
        Write(others, 5, 3);

        unsettled.Withdraw(SinkState.Fresh with { Letters = 8 });
        Write(letters, 8, 1);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], Numbers());
    }

    [Fact]
    public void A_line_that_no_letter_is_as_long_as_moves_no_cut()
    {
        var (unsettled, letters) = Open();
        unsettled.Withdraw(SinkState.Fresh);
        Write(letters, 0, 2);
        File.AppendAllText(SinkPaths.DeadLetters(_directory, Name), new string('x', 5 * 1024 * 1024) + "\n");
        Write(letters, 2, 2);

        _disk.FailWrite(1, 200);
        Assert.ThrowsAny<IOException>(() => Write(letters, 4, 2));
        Write(letters, 4, 1);

        Assert.Equal([1, 2, 3, 4, 5], Numbers());
    }

    private (UnsettledLetters Unsettled, DeadLetterFile Letters) Open()
    {
        var unsettled = new UnsettledLetters(_disk, _directory, Name, keepsOwn: false);
        return (unsettled, new DeadLetterFile(_disk, _directory, Name, unsettled));
    }

    // Their events are gone; that is looked at before anything is written.
    private static void Write(DeadLetterFile letters, int first, int count, Action? before = null) => letters.Append(
        [.. Enumerable.Range(first, count).Select(ordinal => new DeadLetter(1, new Cursor(new StreamId(1), 0, ordinal), 0, "no", 1))],
        _ =>
        {
            before?.Invoke();
            return null;
        },
        new byte[BatchReader.MaxEventBytes],
        new ManualTime().GetUtcNow());

    private IEnumerable<long> Numbers() =>

        from line in File.ReadLines(SinkPaths.DeadLetters(_directory, Name))
        where StoredLetter.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out _, out _)
        select JsonDocument.Parse(line).RootElement.GetProperty("number").GetInt64();
}
