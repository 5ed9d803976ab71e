using Microsoft.Data.Sqlite;
using TelemetryActors.AkkaNet.Runs;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

[Trait("Feature", "SK.3")]
public sealed class JournalFileSpec : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = TestFolder.Create();

    private string Database => Path.Combine(_directory, RunJournal.FileName);

    public void Dispose() => TestFolder.Delete(_directory);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_second_of_two_that_could_not_open_a_damaged_file_moves_nothing_and_begins_at_once(bool hasBegunAnew)
    {
        File.WriteAllBytes(Database, new byte[] { 1, 2, 3 });
        Assert.True(TryMakeRoom("journal", out var aside));
        Assert.Equal(3, new FileInfo(aside!).Length);
        if (hasBegunAnew)
        {
            Make();
        }

        Assert.True(TryMakeRoom("snapshots", out var again));

        Assert.Null(again);
        Assert.Equal(hasBegunAnew, File.Exists(Database));
    }

    [Fact]
    public void A_file_that_fails_for_another_reason_is_not_tried_at_once_again_and_again()
    {
        Make();
        Assert.False(TryMakeRoom("journal", out _));
        File.WriteAllBytes(Database, new byte[] { 1, 2, 3 });
        Assert.True(TryMakeRoom("journal", out _));
        Assert.False(TryMakeRoom("journal", out _));
        Assert.True(TryMakeRoom("snapshots", out _));

        Assert.False(TryMakeRoom("snapshots", out _));
    }

    private bool TryMakeRoom(string plugin, out string? aside) => new JournalFile($"Data Source={Database}").TryMakeRoom(plugin, Now, out aside);

    private void Make()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var table = connection.CreateCommand();
        table.CommandText = "CREATE TABLE journal (id INTEGER)";
        table.ExecuteNonQuery();
    }
}
