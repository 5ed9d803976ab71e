using TelemetryActors.Browsing;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Log;

[Trait("Feature", "S4.9")]
public sealed class EventLogSpec
{
    private static long[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => (long)number)];

    [Fact]
    [Trait("Feature", "S4.14")]
    public void A_file_begins_with_an_anchor_and_holds_the_rings_bytes_behind_it()
    {
        using var log = new LogRig();

        log.Write(3);
        log.Write(2);

        var lines = File.ReadAllLines(log.PathOf("events_20260301.ndjson"));
        Assert.Equal(
            """{"ts":"2026-03-01T12:00:00.000000Z","event":"log_anchor","details":{"stream":"0000000000000007","position":0,"ordinal":0}}""", lines[0]);
        Assert.Equal(Enumerable.Range(0, 5).Select(number => System.Text.Encoding.UTF8.GetString(Lines.Event(number))), lines[1..]);
    }

    [Fact]
    public void A_file_rolls_when_the_day_differs_in_either_direction_and_never_into_an_old_one()
    {
        using var log = new LogRig();
        var noon = log.Time.GetUtcNow();

        foreach (var days in new[] { 0, 1, 0, -3650, 0 })
        {
            log.Time.JumpTo(noon.AddDays(days));
            log.Write();
        }

        Assert.Equal(
            ["events_20160303.ndjson", "events_20260301.001.ndjson", "events_20260301.002.ndjson", "events_20260301.ndjson", "events_20260302.ndjson"], log.Names);
        Assert.Equal(Numbers(5), log.Read());
    }

    [Fact]
    public void A_file_rolls_before_it_grows_beyond_its_size()
    {
        using var log = new LogRig(new LogOptions { MaxFileBytes = 500 });

        for (var count = 0; count < 20; count++)
        {
            log.Write();
        }

        Assert.All(log.Names, name => Assert.InRange(new FileInfo(log.PathOf(name)).Length, 1, 500));
        Assert.Equal(Numbers(20), log.Read());
    }

    [Fact]
    [Trait("Feature", "S0.27")]
    public void A_fixed_file_neither_rolls_by_day_nor_by_size()
    {
        using var log = new LogRig(new LogOptions { File = "runtime/telemetry.jsonl", MaxFileBytes = 100 });

        log.Write();
        log.Time.Advance(TimeSpan.FromDays(3));
        log.Write(10);

        Assert.Equal(["telemetry.jsonl"], log.Names);
        Assert.Equal(Numbers(11), log.Read());
    }

    [Fact]
    [Trait("Feature", "S0.27")]
    public void A_fixed_file_ends_at_half_of_what_is_kept_so_that_retention_holds_its_bound()
    {
        using var log = new LogRig(new LogOptions { File = "runtime/telemetry.jsonl", MaxFileBytes = 100, RetentionBytes = 3000 });

        for (var count = 0; count < 100; count++)
        {
            log.Write();
            log.Log.Retain();
            Assert.InRange(log.Names.Sum(name => new FileInfo(Path.Combine(log.Folder.Directory, name)).Length), 1, 3000);
        }

        Assert.Equal(2, log.Names.Length);
        var left = LogRecovery.Recover(log.Folder).Index;
        Assert.Equal((log.Log.Index.RetainedFrom, log.Ring.Tail), (left.Oldest!.Start.Position, left.Last!.End));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("telemetry.jsonl")]
    [Trait("Feature", "S0.32")]
    public void A_file_that_the_user_deletes_is_made_again_and_does_not_answer_for_what_is_gone(string? file)
    {
        using var log = new LogRig(new LogOptions { File = file });
        log.Write(3);
        var name = Assert.Single(log.Names, one => one.EndsWith('n') || one.EndsWith('l'));
        name = file is null ? name : $"./{name}";

        File.Delete(log.PathOf(name));
        log.Write(4);

        Assert.Equal([3, 4, 5, 6], log.Read());
        Assert.StartsWith("{\"ts\"", File.ReadAllText(log.PathOf(name)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_cut_off_is_left_and_a_new_one_begins()
    {
        using var log = new LogRig();
        log.Write(3);
        File.WriteAllText(log.PathOf("events_20260301.ndjson"), "");

        log.Write(2);

        Assert.Equal(0, new FileInfo(log.PathOf("events_20260301.ndjson")).Length);
        Assert.Equal([3, 4], log.Read());
    }

    [Fact]
    public void A_file_that_someone_else_appended_to_is_left_and_a_new_one_begins()
    {
        using var log = new LogRig();
        log.Write(3);
        File.AppendAllText(log.PathOf("events_20260301.ndjson"), "mine\n");

        log.Write(2);

        Assert.EndsWith("mine\n", File.ReadAllText(log.PathOf("events_20260301.ndjson")), StringComparison.Ordinal);
        Assert.Equal(Numbers(5), log.Read());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(200)]
    public void A_write_that_failed_half_way_is_repeated_without_a_trace(int keptBytes)
    {
        using var log = new LogRig();
        log.Files.FailWrite(1, keptBytes);
        Assert.Throws<DiskFullException>(() => log.Write(3));
        log.Write();
        log.Files.FailWrite(1, keptBytes);
        Assert.Throws<DiskFullException>(() => log.Write(3));

        log.Write();

        Assert.Equal(["events_20260301.ndjson"], log.Names);
        Assert.Equal(9, File.ReadAllLines(log.PathOf("events_20260301.ndjson")).Length);
        Assert.Equal(Numbers(8), log.Read());
    }

    [Fact]
    public void A_disk_that_stays_full_collects_no_empty_files()
    {
        using var log = new LogRig();
        log.Write();
        log.Time.Advance(TimeSpan.FromDays(1));

        for (var tries = 0; tries < 20; tries++)
        {
            log.Files.FailWrite(1, keptBytes: 50);
            Assert.Throws<DiskFullException>(() => log.Write());
        }

        log.Write();
        Assert.Equal(["events_20260301.ndjson", "events_20260302.ndjson"], log.Names);
        Assert.Equal(Numbers(22), log.Read());
    }

    [Fact]
    public void After_a_failed_fsync_a_new_file_is_written_from_the_ring_and_proven()
    {
        using var log = new LogRig();
        log.Write(3);
        log.Log.Sync();
        log.Write(2);
        log.Files.FailSync(1);

        Assert.Throws<IOException>(log.Log.Sync);
        Assert.Throws<IOException>(log.Log.Sync);
        log.Log.RewriteWhatFailed();

        Assert.False(log.Log.MustRewrite);
        Assert.Equal(log.Ring.Tail.Position, log.Log.Synced);
        Assert.Equal(3, File.ReadAllLines(log.PathOf("events_20260301.001.ndjson")).Length);
        Assert.Equal(Numbers(5), log.Read());
        Assert.Equal(0, log.Log.InDoubt);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void After_a_restart_too_what_was_written_again_wins_over_what_the_fsync_failed_for()
    {
        using var log = new LogRig(new LogOptions { MaxFileBytes = 1024 });
        log.Write(2);
        log.Log.Sync();
        while (log.Names.Length < 2)
        {
            log.Write(2);
        }

        log.Files.FailSync(1);
        Assert.Throws<IOException>(log.Log.Sync);
        log.Log.RewriteWhatFailed();
        var events = (int)log.Ring.Tail.Ordinal;

        // What the device has of the file that was rolled to is not what was written there.
        var lost = log.PathOf("events_20260301.001.ndjson");
        File.WriteAllText(lost, File.ReadLines(lost).First() + "\n" + new string('x', (int)new FileInfo(lost).Length) + "\n");

        var recovered = LogRecovery.Recover(log.Folder).Index;
        Assert.Equal(Numbers(events), log.Read(recovered));
        log.Log.SaveState(isClean: false);
        Assert.Equal(Numbers(events), log.Read(LogRecovery.Recover(log.Folder).Index));
    }

    [Fact]
    public void A_device_that_fails_again_keeps_the_log_failing()
    {
        using var log = new LogRig();
        log.Write(3);
        log.Files.FailSync(1);
        log.Files.FailSync(2);

        Assert.Throws<IOException>(log.Log.Sync);
        Assert.Throws<IOException>(() => log.Write());
        Assert.True(log.Log.MustRewrite);
        log.Write();

        Assert.Equal(Numbers(5), log.Read());
        Assert.True(log.Log.Synced > 0);
    }

    [Fact]
    public void What_the_ring_has_lost_before_it_could_be_written_again_is_in_doubt()
    {
        using var log = new LogRig();
        log.Write(3);
        log.Files.FailSync(1);
        Assert.Throws<IOException>(log.Log.Sync);
        log.Ring.Overwrites = true;
        for (var count = 0; count < 80; count++)
        {
            log.Ring.AppendEncoded([.. new byte[1000], (byte)'\n'], 1, mayWait: false);
        }

        log.Log.RewriteWhatFailed();
        log.Log.RewriteWhatFailed();

        Assert.Equal(3, log.Log.InDoubt);
        log.Log.SaveState(isClean: false);
        Assert.Equal(3, LogRecovery.Recover(log.Folder).InDoubt);
        var finding = LogAudit.Check([new SlotLog(log.Folder, LogState.TryParse(File.ReadAllBytes(log.Folder.StateFile)), LogRecovery.Recover(log.Folder))]);
        Assert.Contains(finding[0].Notes, note => note.Contains("3 events are in doubt", StringComparison.Ordinal));
    }

    [Fact]
    public void The_old_file_reaches_the_device_before_what_came_after_a_roll_counts()
    {
        using var log = new LogRig();
        log.Write();
        log.Time.Advance(TimeSpan.FromDays(1));
        log.Write();
        Assert.True(log.Log.HasClosedFiles);

        log.Log.Sync();

        Assert.Equal(2, log.Files.Syncs);
        Assert.Equal(log.Ring.Tail.Position, log.Log.Synced);
        Assert.False(log.Log.HasClosedFiles);
    }

    [Fact]
    public void Retention_removes_the_oldest_files_and_says_why_their_events_are_gone()
    {
        using var log = new LogRig(new LogOptions { MaxFileBytes = 500, RetentionBytes = 1500 });
        for (var count = 0; count < 40; count++)
        {
            log.Write();
        }

        log.Log.Retain();

        Assert.InRange(log.Names.Sum(name => new FileInfo(log.PathOf(name)).Length), 1000, 1500);
        Assert.True(log.Log.Index.RetainedFrom > 0);
        Assert.Equal(log.Log.Index.RetainedFrom, log.Log.Index.Oldest!.Start.Position);
    }

    [Fact]
    public void The_files_alone_and_the_state_tell_a_start_the_same()
    {
        using var log = new LogRig(new LogOptions { MaxFileBytes = 500 });
        for (var count = 0; count < 12; count++)
        {
            log.Write();
        }

        var fromFiles = LogRecovery.Recover(log.Folder);
        log.Log.SaveState(isClean: false);
        var fromState = LogRecovery.Recover(log.Folder);
        File.WriteAllText(log.Folder.StateFile, "{\"version\":1,");
        var fromDamaged = LogRecovery.Recover(log.Folder);

        Assert.All([fromFiles, fromState, fromDamaged], recovered => Assert.Equal(log.Ring.Tail, recovered.End));
        Assert.All([fromFiles, fromState, fromDamaged], recovered => Assert.Equal(Numbers(12), log.Read(recovered.Index)));
    }

    [Fact]
    public void A_state_does_not_speak_for_a_later_file_of_the_same_name()
    {
        using var log = new LogRig();
        log.Write(3);
        log.Log.SaveState(isClean: false);
        File.Delete(log.PathOf("events_20260301.ndjson"));
        log.Write(9);

        var recovered = LogRecovery.Recover(log.Folder);

        Assert.Equal(log.Ring.Tail, recovered.End);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10, 11], log.Read(recovered.Index));
    }

    [Fact]
    public void A_torn_last_line_and_lines_without_end_are_not_taken_for_events()
    {
        using var log = new LogRig();
        log.Write(3);
        File.AppendAllText(log.PathOf("events_20260301.ndjson"), "{\"ts\":\"2026" + new string('x', 3_000_000));

        var recovered = LogRecovery.Recover(log.Folder);

        Assert.Equal(log.Ring.Tail, recovered.End);
        Assert.Equal(3_000_011, recovered.TornBytes);
        Assert.False(Quarantine.TryKeepTorn(log.Folder, recovered));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Feature", "S0.27")]
    public void A_fixed_files_torn_line_is_kept_in_the_base_directory_and_nothing_beside_the_file_is_touched(bool isElsewhere)
    {
        var elsewhere = Directory.CreateTempSubdirectory("elsewhere-");
        using var log = new LogRig(new LogOptions { File = isElsewhere ? Path.Combine(elsewhere.FullName, "own.jsonl") : "runtime/own.jsonl" });
        log.Write(3);
        var file = Path.Combine(log.Folder.Directory, "own.jsonl");
        File.AppendAllText(file, "{\"ts\":\"2026");
        var recovered = LogRecovery.Recover(log.Folder);
        var beside = $"{file}.{recovered.TornFrom}.torn";
        File.WriteAllText(beside, "someone's");

        Assert.True(Quarantine.TryKeepTorn(log.Folder, recovered));

        Assert.Equal("{\"ts\":\"2026", File.ReadAllText(Assert.Single(Directory.GetFiles(log.Folder.Quarantine, $"own.jsonl.*.{recovered.TornFrom}.torn"))));
        Assert.Equal("someone's", File.ReadAllText(beside));
        elsewhere.Delete(recursive: true);
    }

    [Fact]
    public void A_line_that_no_reader_holds_is_missing_alone()
    {
        using var rig = new LogRig(ringBytes: 4 * 1024 * 1024);
        rig.Write(3);
        var begin = rig.Log.Written;
        rig.Ring.AppendEncoded([.. Lines.Event(99, new string('x', 300_000)), (byte)'\n'], 1, mayWait: false);
        var line = new byte[400_000];
        var read = RingReader.TryRead(rig.Ring, begin, 1, line)!.Value;
        rig.Log.Append(line.AsSpan(0, read.Bytes), read.Start, read.End);
        rig.Write(3);

        var skipped = LogReader.TryRead(rig.Folder, rig.Log.Index, begin, int.MaxValue, new byte[64 * 1024])!.Value;

        Assert.Equal(new EventRead(read.End, read.End, 0, DropReason.Missing), skipped);
        Assert.Equal(Numbers(6), rig.Read());
    }

    [Fact]
    public void A_rewrite_that_runs_out_of_space_goes_on_where_it_stopped()
    {
        using var rig = new LogRig(ringBytes: 1024 * 1024);
        for (var turn = 0; turn < 4; turn++)
        {
            rig.Write(1500);
        }

        rig.Files.FailSync(1);
        Assert.Throws<IOException>(rig.Log.Sync);
        File.Delete(rig.PathOf(rig.Names[0]));
        rig.Files.FailWrite(2, keptBytes: 5000);
        Assert.ThrowsAny<IOException>(rig.Log.RewriteWhatFailed);
        rig.Log.RewriteWhatFailed();

        Assert.Equal(rig.Ring.Tail, rig.Log.Written);
        Assert.Equal(rig.Ring.Tail.Position, rig.Log.Synced);
        Assert.Single(rig.Names);
        Assert.Equal(6000, rig.Read().Length);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void A_rewrite_of_which_nothing_came_to_the_disk_is_tried_again()
    {
        using var rig = new LogRig();
        rig.Write(10);
        rig.Files.FailSync(1);
        Assert.Throws<IOException>(rig.Log.Sync);
        rig.Files.FailWrite(1, keptBytes: 0);
        Assert.ThrowsAny<IOException>(rig.Log.RewriteWhatFailed);
        Assert.True(rig.Log.MustRewrite);

        rig.Log.RewriteWhatFailed();

        Assert.Equal(10, File.ReadLines(rig.PathOf(rig.Names[^1])).Count(line => line.Contains("test.event", StringComparison.Ordinal)));
        Assert.Equal(rig.Ring.Tail.Position, rig.Log.Synced);
        Assert.Equal(Numbers(10), rig.Read());
    }

    [Fact]
    public void A_device_that_refuses_again_and_again_leaves_one_file_of_all_its_tries()
    {
        using var rig = new LogRig();
        rig.Write(10);
        rig.Log.Sync();
        rig.Write(10);
        for (var turn = 0; turn < 6; turn++)
        {
            rig.Files.FailSync(1);
            Assert.Throws<IOException>(turn == 0 ? rig.Log.Sync : rig.Log.RewriteWhatFailed);
            Assert.True(rig.Names.Length <= 2, string.Join(' ', rig.Names));
        }

        rig.Log.RewriteWhatFailed();

        Assert.Equal(2, rig.Names.Length);
        Assert.Equal(Enumerable.Range(0, 20).Select(number => (long)number), rig.Read());
        Assert.Equal(20, LogRecovery.Recover(rig.Folder).End.Ordinal);
    }

    [Fact]
    public void A_file_of_a_try_that_holds_what_the_ring_has_lost_stays()
    {
        using var rig = new LogRig();
        rig.Write(100);
        rig.Files.FailSync(1);
        Assert.Throws<IOException>(rig.Log.Sync);
        rig.Files.FailSync(1);
        Assert.Throws<IOException>(rig.Log.RewriteWhatFailed);
        rig.Ring.Overwrites = true;
        rig.Append(2000);
        File.Delete(rig.PathOf(rig.Names[0]));
        rig.WriteOldest();

        Assert.Equal(2, rig.Names.Length);
        Assert.Equal(100, rig.Read().TakeWhile(number => number < 100).Count());
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void What_the_ring_has_overwritten_is_told_by_the_anchor_behind_it_in_files_and_state()
    {
        using var rig = new LogRig();
        rig.Write(10);
        rig.Ring.Overwrites = true;
        rig.Append(2000);
        rig.WriteOldest();
        var gone = rig.Log.Index.Last!.Start.Ordinal - 10;
        rig.Log.SaveState(isClean: false);

        Assert.Equal(new LogGap(Events.DropReason.Overwritten, gone), rig.Log.Index.Last.Gap);
        Assert.Contains($"\"reason\":\"overwritten\",\"gone\":{gone}}}", File.ReadAllText(rig.PathOf(rig.Names[0])), StringComparison.Ordinal);
        Assert.Equal(rig.Log.Index.Last.Gap, LogRecovery.Recover(rig.Folder).Index.Last!.Gap);
        File.Delete(rig.Folder.StateFile);
        Assert.Equal(rig.Log.Index.Last.Gap, LogRecovery.Recover(rig.Folder).Index.Last!.Gap);
    }

    [Theory]
    [Trait("Feature", "S1.18")]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_full_disk_took_whole_is_written_and_no_part_of_what_the_ring_has_overwritten(bool isBehindAnAnchor)
    {
        using var rig = new LogRig();
        rig.Write(10);
        if (isBehindAnAnchor)
        {
            rig.Time.Advance(TimeSpan.FromDays(1));
        }

        rig.Files.FailWrite(1, keptBytes: 400);
        Assert.ThrowsAny<IOException>(() => rig.Write(10));
        var whole = File.ReadLines(rig.PathOf(rig.Names[^1])).Count(line => line.EndsWith('}') && line.Contains("test.event", StringComparison.Ordinal)) + (isBehindAnAnchor ? 10 : 0);
        Assert.InRange(whole, 11, 19);
        Assert.Equal(whole, rig.Log.Written.Ordinal);
        rig.Ring.Overwrites = true;
        rig.Append(2000);

        rig.WriteOldest();

        var last = rig.Log.Index.Last!;
        Assert.Equal(new LogGap(Events.DropReason.Overwritten, last.Start.Ordinal - whole), last.Gap);
        Assert.Equal(last.Start.Ordinal - whole, rig.Log.Overwritten);
        Assert.Equal(Numbers(whole), rig.Read());
        Assert.Equal(rig.Log.Index.Stretches.Select(stretch => stretch.End), LogRecovery.Recover(rig.Folder).Index.Stretches.Select(stretch => stretch.End));
    }

    [Fact]
    public void An_open_circuit_is_kept_in_the_state_where_the_disk_takes_it()
    {
        using var rig = new LogRig();
        var open = new CircuitRecord { State = CircuitState.Open, OpenUntil = rig.Time.GetUtcNow(), FailuresInARow = 6, Cause = "no space" };

        rig.Log.Circuit = open;
        rig.Log.SaveState(isClean: false);
        Assert.Equal(open, State(rig).Circuit);
        rig.Log.Circuit = CircuitRecord.Closed;
        rig.Log.SaveState(isClean: false);

        Assert.Null(State(rig).Circuit);
    }

    private static LogState State(LogRig rig) => LogState.TryParse(File.ReadAllBytes(rig.Folder.StateFile))!;

    [Fact]
    [Trait("Feature", "S1.18")]
    public void A_line_that_a_full_disk_tore_does_not_stay_once_the_ring_has_lost_it()
    {
        using var rig = new LogRig();
        rig.Write(10);
        rig.Files.FailWrite(1, keptBytes: 100);
        Assert.ThrowsAny<IOException>(() => rig.Write(10));
        rig.Ring.Overwrites = true;
        rig.Append(2000);

        rig.WriteOldest();

        Assert.Equal(2, rig.Names.Length);
        Assert.All(rig.Names.SelectMany(name => File.ReadLines(rig.PathOf(name))), line => Assert.EndsWith("}", line, StringComparison.Ordinal));
        Assert.True(File.ReadLines(rig.PathOf(rig.Names[0])).Count() > 11, "what is whole stays");
    }

    [Fact]
    public void An_event_that_calls_itself_an_anchor_is_none()
    {
        var anchor = LogAnchor.Encode(new Cursor(new StreamId(7), 5, 1), DateTimeOffset.UnixEpoch);
        var text = System.Text.Encoding.UTF8.GetString(anchor).TrimEnd();

        Assert.True(LogAnchor.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out _, out _));
        Assert.False(LogAnchor.TryParse(System.Text.Encoding.UTF8.GetBytes(text[..^1] + ",\"id\":\"x\"}"), out _, out _));
        Assert.False(LogAnchor.TryParse(System.Text.Encoding.UTF8.GetBytes(text.Replace("\"position\":5", "\"position\":9223372036854775807", StringComparison.Ordinal)), out _, out _));
    }
}
