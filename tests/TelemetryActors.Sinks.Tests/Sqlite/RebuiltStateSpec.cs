using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>Dead letters and accounts behind a rebuild: no refused line is counted and nowhere, no letter of a log that has gone is a debt.</summary>
[Trait("Feature", "S4.9")]
public sealed class RebuiltStateSpec : IDisposable
{
    private static readonly StreamId Old = new(7);
    private static readonly StreamId New = new(8);

    private readonly StoreFolder _folder = new();
    private readonly DiskFileSystem _files = DiskFileSystem.Instance;

    private string LettersPath => SinkPaths.DeadLetters(_folder.Base, SqliteKit.SinkName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_that_is_refused_becomes_a_letter_beside_letters_whose_log_has_gone()
    {
        Write(Letter(Old, 0), Letter(Old, 1), Letter(Old, 2));

        var kept = Rebuild(SinkState.Fresh, Refused(New, 5));

        Assert.Equal(["0000000000000007-0", "0000000000000007-1", "0000000000000007-2", "0000000000000008-5"], Ids());
        Assert.Equal(4, Dead(kept));
        Assert.Equal((3L, true), (kept.Redelivered.Accepted, kept.Redelivered.IsBalanced));
    }

    [Fact]
    public void Letters_that_were_thrown_away_are_no_debt_when_their_log_has_gone()
    {
        var purged = new SinkAccount { DeadLettered = -5, Dropped = DropCounts.None.Plus(DropReason.Discarded, 5) };

        var kept = Rebuild(SinkState.Fresh with { Redelivered = purged });

        Assert.Equal((0L, 5L, true), (Dead(kept), kept.Redelivered.Accepted, kept.Redelivered.IsBalanced));
        Assert.False(File.Exists(LettersPath));
    }

    [Fact]
    public void Letters_that_were_thrown_away_do_not_come_again()
    {
        var purge = new SinkCommand(SinkCommandKind.Purge, "me", _folder.Time.GetUtcNow(), null);
        new PurgeReceipts(_files, _folder.Base, SqliteKit.SinkName).Write(purge, 10, ["0000000000000008-5"], _folder.Time.GetUtcNow());
        var purged = new SinkAccount { DeadLettered = -1, Dropped = DropCounts.None.Plus(DropReason.Discarded, 1) };

        var kept = Rebuild(SinkState.Fresh with { Redelivered = purged }, Refused(New, 5), Refused(New, 6));

        Assert.Equal(["0000000000000008-6"], Ids());
        Assert.Equal((1L, purged), (Dead(kept), kept.Redelivered));
    }

    [Fact]
    public void A_letter_whose_event_is_damaged_is_known_by_its_place_and_not_written_again()
    {
        Write(Letter(New, 5, "{ no event"));

        var kept = Rebuild(SinkState.Fresh, Refused(New, 5), Refused(New, 6));

        Assert.Equal(["0000000000000008-5", "0000000000000008-6"], Ids());
        Assert.Equal(2, Dead(kept));
    }

    [Fact]
    public void More_letters_than_are_in_memory_at_a_time_are_written_each_once()
    {
        var kept = Rebuild(SinkState.Fresh, [.. Enumerable.Range(0, 600).Select(ordinal => Refused(New, ordinal))]);

        Assert.Equal(600, Ids().Distinct().Count());
        Assert.Equal((600, 600L), (Ids().Count, Dead(kept)));
    }

    private SinkState Rebuild(SinkState before, params DeadLetter[] refused)
    {
        var file = new SinkStateFile(_files, _folder.Base, SqliteKit.SinkName);
        Directory.CreateDirectory(Path.GetDirectoryName(SinkPaths.State(_folder.Base, SqliteKit.SinkName))!);
        file.Save(before);
        var end = new Cursor(New, 1000, 1000);
        var account = SinkAccount.StartAt(1, new Cursor(New, 0, 0)).SeeTail(end).Settle(end, refused.Length, DropCounts.None);

        new RebuiltState(_files, _folder.Base, null, _folder.Time).Keep(new RebuildResult(1000 - refused.Length, refused, [account], 0), _folder.Said.Add);

        Assert.Empty(_folder.Said);
        return file.Load(_folder.Time.GetUtcNow(), out _);
    }

    private static DeadLetter Refused(StreamId stream, long ordinal) => new(1, new Cursor(stream, 0, ordinal), 0, "no event", 1);

    private static string Letter(StreamId stream, long ordinal, string @event = "null") =>
        $$"""{"ts":"2026-03-01T12:00:00Z","reason":"no event","attempt":1,"slot":1,"stream":"{{stream}}","ordinal":{{ordinal}},"end_position":0,"event":{{@event}}}""";

    private void Write(params string[] letters)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LettersPath)!);
        File.WriteAllLines(LettersPath, letters);
    }

    private List<string> Ids() => [.. File.ReadLines(LettersPath).Select(line => line.Split('"')).Select(parts => $"{parts[Array.IndexOf(parts, "stream") + 2]}-{parts[Array.IndexOf(parts, "ordinal") + 1].Trim(':', ',')}")];

    private static long Dead(SinkState state) => state.Accounts.Sum(account => account.DeadLettered) + state.Redelivered.DeadLettered;
}
