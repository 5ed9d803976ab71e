using System.Diagnostics;
using TelemetryActors.Engine;
using TelemetryActors.Processes;
using TelemetryActors.Runs;
using TelemetryActors.Storage;
using TelemetryActors.Store;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

[Collection(ProcessCollection.Name)]
public sealed class ClientStoreSpec : IDisposable
{
    private readonly ClientStore _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    [Trait("Feature", "S3.21")]
    [Trait("Feature", "S4.10")]
    public async Task What_is_recorded_is_found_in_the_store_byte_for_byte()
    {
        await using (var client = _client.Start())
        {
            client.RecordFor("user-1", "größe \"x\"", ("text", "a\tb\\ 😀"), ("n", 1.5));
            client.RecordAt("warning", "disk_low", ("free", 12));
            using (var run = client.StartRun("crawler", "nightly", new RunLabels { ["product"] = "shop" }))
            {
                run.Record("checkpoint", ("step", 1));
                run.SetMetric("items_discovered", 10);
                run.SetMetric("mode", "fast");
                run.ReportMetrics();
            }

            client.StartRun("crawler", "nightly").End(RunStatus.Failed, "it broke");
            Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound, SqliteKit.SinkName));
        }

        using (_client.Start())
        {
            // What the end of a client records comes with the next start.
        }

        _client.StoreEqualsLog();
    }

    [Fact]
    [Trait("Feature", "S3.19")]
    public async Task A_store_in_memory_answers_and_leaves_no_file()
    {
        await using var client = _client.Start(sqlite => sqlite.Path = SqliteOptions.MemoryPath);
        client.StartRun("crawler", "nightly").End();
        Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound, SqliteKit.SinkName));

        using var store = client.OpenRunStore();

        Assert.Equal("nightly", Assert.Single(store.GetRuns(new RunQuery()).Runs).JobType);
        Assert.Equal(2, store.GetEvents(new EventQuery { RunId = store.GetRuns(new RunQuery()).Runs[0].RunId }).Events.Count);
        Assert.False(Directory.Exists(Path.Combine(_client.Folder.Base, "db")));
    }

    [Fact]
    [Trait("Feature", "S3.19")]
    [Trait("Feature", "D.9")]
    public async Task A_store_in_memory_outlives_its_sink_while_telemetry_is_off()
    {
        await using var client = _client.Start(sqlite => sqlite.Path = SqliteOptions.MemoryPath);
        client.StartRun("crawler", "nightly").End();
        Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound, SqliteKit.SinkName));
        client.UpdateConfig(config => config.Enabled = false);
        SinkHold? hold = null;
        Eventually.True(() => (hold ??= SinkHold.TryTake(DiskFileSystem.Instance, _client.Folder.Base, SqliteKit.SinkName)) is not null);

        using (var store = client.OpenRunStore())
        {
            Assert.Equal("nightly", Assert.Single(store.GetRuns(new RunQuery()).Runs).JobType);
        }

        hold!.Dispose();
        client.UpdateConfig(config => config.Enabled = true);
        client.StartRun("crawler", "hourly").End();
        Eventually.True(() => client.FlushSinksAsync(Eventually.DefaultBound, SqliteKit.SinkName).GetAwaiter().GetResult());
        using var later = client.OpenRunStore();
        Assert.Equal(2, later.GetRuns(new RunQuery()).Runs.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [Trait("Feature", "S4.11")]
    public async Task A_damaged_file_is_set_aside_told_of_and_built_again_from_the_log(int from)
    {
        await using (var first = _client.Start())
        {
            for (var number = 0; number < 300; number++)
            {
                first.StartRun("crawler", "nightly").End();
            }

            await first.FlushSinksAsync(Eventually.DefaultBound, SqliteKit.SinkName);
        }

        await Damage(from);
        await using (var second = _client.Start())
        {
            second.StartRun("crawler", "nightly").End();
            Eventually.True(() => second.FlushSinksAsync(Eventually.DefaultBound, SqliteKit.SinkName).GetAwaiter().GetResult(), () => string.Join("; ", _client.Failures));
        }

        using (_client.Start())
        {
            // What the end of a client records comes with the next start.
        }

        Assert.NotEmpty(Directory.GetFiles(Path.GetDirectoryName(_client.Folder.Path)!, "telemetry.sqlite.corrupt-*"));
        Assert.Contains(_client.Failures, failure => failure.Where == SqliteKit.SinkName && failure.Message.Contains("set aside", StringComparison.Ordinal));
        _client.StoreEqualsLog();
        Assert.Equal(301, _client.Folder.Number("SELECT count(*) FROM agent_runs"));
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    public async Task A_rebuild_ends_with_the_same_content()
    {
        await using (var client = _client.Start())
        {
            for (var number = 0; number < 20; number++)
            {
                using var run = client.StartRun("crawler", "nightly");
                run.Record("checkpoint", ("step", number));
                client.RecordCommit(run.Id, $"{number:x40}");
            }

            await client.FlushSinksAsync(Eventually.DefaultBound, SqliteKit.SinkName);
        }

        using (_client.Start())
        {
            // What the end of a client records comes with the next start.
        }

        var before = _client.Folder.Content();
        _client.Folder.Execute("INSERT INTO agent_runs (run_id, status, began_at, event_count, duplicate_count, ignored_end_count) VALUES ('older', 'success', '2020', 0, 0, 0)");
        var result = Rebuild(keepsOlder: true);
        Assert.Equal(1, result.KeptRuns);
        Assert.Equal(21, _client.Folder.Number("SELECT count(*) FROM agent_runs"));

        Rebuild(keepsOlder: false);

        Assert.Equal(before, _client.Folder.Content());
        _client.StoreEqualsLog();
    }

    [FactNeedingMounts]
    [Trait("Feature", "S4.18")]
    public void A_full_disk_is_a_retry_and_what_was_stored_stays()
    {
        var disk = Directory.CreateTempSubdirectory("small-disk-").FullName;
        using (Mount.Tmpfs(disk, "size=1m"))
        {
            var sink = new SqliteSink(new StoreFile { Path = Path.Combine(disk, "telemetry.sqlite"), Events = true }, TimeProvider.System, _ => { });
            string[] lines = [.. Enumerable.Range(1, 4000).Select(id => Batches.Line("event", id, details: $"{{\"x\":\"{new string('x', 300)}\"}}"))];
            Assert.Equal(Delivery.SinkOutcome.Delivered, sink.Take(Batches.Part(lines, 0, 100)));
            var ballast = Path.Combine(disk, "ballast");
            Run("dd", "if=/dev/zero", $"of={ballast}", "bs=1k");

            var full = sink.Take(Batches.Part(lines, 100, 1000));
            File.Delete(ballast);
            var again = sink.Take(Batches.Part(lines, 100, 400));
            sink.Close();

            Assert.Matches("full|I/O", Assert.IsType<Delivery.SinkOutcome.Retry>(full).Reason);
            Assert.Equal(Delivery.SinkOutcome.Delivered, again);
            using var database = Database.OpenToRead(Path.Combine(disk, "telemetry.sqlite"), TimeSpan.Zero);
            Assert.Equal(500, database.Number("SELECT count(*) FROM run_events"));
        }

        Directory.Delete(disk);
    }

    [Fact]
    [Trait("Feature", "S4.18")]
    public void After_kills_in_the_middle_of_transactions_the_store_equals_the_log()
    {
        var kills = Environment.GetEnvironmentVariable("TELEMETRY_LONG") == "1" ? 50 : 5;
        var random = new Random(7);
        for (var kill = 0; kill < kills; kill++)
        {
            using var writer = HelperProcess.Write(_client.Folder.Base, _client.Rings);
            writer.WaitFor(random.Next(2_000, 60_000));
            writer.Kill();
        }

        for (var last = 0; last < 2; last++)
        {
            using var writer = HelperProcess.Write(_client.Folder.Base, _client.Rings, 100);
            Assert.Equal(0, writer.End());
        }

        CatchUp();
        _client.StoreEqualsLog();
    }

    [Theory]
    [InlineData(SqliteJournal.Auto, (int)FileSystemKind.Journaled, true, false)]
    [InlineData(SqliteJournal.Auto, (int)FileSystemKind.Memory, true, false)]
    [InlineData(SqliteJournal.Auto, (int)FileSystemKind.Shared, false, true)]
    [InlineData(SqliteJournal.Wal, (int)FileSystemKind.Shared, true, true)]
    [InlineData(SqliteJournal.Delete, (int)FileSystemKind.Journaled, false, false)]
    [Trait("Feature", "S4.8")]
    public void The_journal_is_a_write_ahead_log_where_that_is_safe_and_what_is_not_is_said(SqliteJournal wanted, int kind, bool isWal, bool isSaid)
    {
        List<string> said = [];
        var folder = _client.Folder;

        (folder.File() with { Journal = wanted, KindOf = _ => (FileSystemKind)kind }).Open(folder.Time.GetUtcNow(), said.Add).Dispose();

        Assert.Equal(isWal ? "wal" : "delete", folder.Rows("PRAGMA journal_mode").Single()[0]);
        Assert.Equal(isSaid, said.Count > 0);
    }

    [Fact]
    public void Its_settings_come_from_outside_too_and_programming_errors_are_named()
    {
        var options = new TelemetryOptions { BaseDirectory = _client.Folder.Base, Variables = new Dictionary<string, string> { ["TelemetryActors__Sinks__Sqlite__Events"] = "true" } }
            .AddSqlite(sqlite => sqlite.Path = "other.sqlite");

        var settings = Configuration.StartSettings.Find(options).Options;

        Assert.Equal((true, Path.Combine(_client.Folder.Base, "other.sqlite")), (settings.Kit<SqliteKit>().FileIn(_client.Folder.Base, settings.Preset).Events, settings.Kit<SqliteKit>().FileIn(_client.Folder.Base, settings.Preset).Path));
        Assert.Equal(["Sinks:Sqlite:Path must name a file"], TelemetryOptionsFaults.Of(new TelemetryOptions().AddSqlite(sqlite => sqlite.Path = " ")));
    }

    // Whatever the last writer left undelivered: its own end among it.
    private void CatchUp()
    {
        using var sink = new EngineOnLog(_client.Folder);
        sink.CatchUp();
    }

    private RebuildResult Rebuild(bool keepsOlder) =>
        new StoreRebuild(_client.Folder.File(), _client.Folder.Base, DiskFileSystem.Instance, TimeProvider.System) { KeepsOlder = keepsOlder }.Run(said => Assert.Fail(said));

    private async Task Damage(int from)
    {
        // Into the file itself, not its log of changes.
        _client.Folder.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        var bytes = await File.ReadAllBytesAsync(_client.Folder.Path);
        var length = from == 0 ? 100 : bytes.Length / 2;
        new Random(1).NextBytes(bytes.AsSpan(from == 0 ? 0 : 4096, length));
        await File.WriteAllBytesAsync(_client.Folder.Path, bytes);
    }

    private static int Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        ProcessEnd.WaitFor(process);
        return process.ExitCode;
    }

    private sealed class EngineOnLog(StoreFolder folder) : IDisposable
    {
        private readonly SqliteSink _sink = folder.Sink();

        public void CatchUp()
        {
            var accounts = _sink.LoadAccounts();
            var buffer = new byte[Engine.BatchReader.BufferBytes(Delivery.SinkPolicies.LocalDatabase)];
            foreach (var slot in new Log.LogFolder(DiskFileSystem.Instance, folder.Base, null, 1).AllSlots())
            {
                var source = new Slots.OtherSlotSource(new Log.LogFolder(DiskFileSystem.Instance, folder.Base, null, slot), TimeProvider.System);
                var end = source.Tail;
                var from = accounts.FirstOrDefault(account => account.Slot == slot).Cursor;
                while (from.Stream != end.Stream || from.Ordinal < end.Ordinal)
                {
                    var read = source.Read(from, 500, buffer);
                    _sink.Take(new Delivery.SinkBatch(slot, read.Start, read.End, buffer.AsMemory(0, read.Bytes)));
                    from = read.End;
                }
            }
        }

        public void Dispose() => _sink.Close();
    }
}
