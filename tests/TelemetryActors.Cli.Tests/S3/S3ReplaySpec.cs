using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.S3;

/// <summary><c>telemetry replay --sink s3</c> from end to end against a real bucket: whatever is replayed, each event stands in it once, byte for byte.</summary>
[Trait("Feature", "SK.9")]
[Trait("Feature", "S1.6")]
public sealed class S3ReplaySpec(BucketOfPrograms buckets) : IClassFixture<BucketOfPrograms>
{
    private const int Events = 3_000;

    [FactNeeding("radosgw")]
    public async Task Replays_that_overlap_are_killed_and_run_with_other_object_sizes_leave_each_event_once()
    {
        var (program, bucket) = await buckets.StartAsync();
        using var _ = program;
        program.Variables["TelemetryActors__Sinks__S3__SendAtEnd"] = "true";
        SetObjects(program, "64KiB");
        Assert.Equal(0, program.Run(Lines(), "ingest", "-").ExitCode);
        Drain(program);
        await AssertOnceAsync(program, bucket);
        var before = (await buckets.KeysAsync(bucket)).Count;

        // Twice, in times that overlap, and killed while the first is under way.
        Replay(program, "--from", "2026-03-01T12:00:00Z", "--to", "2026-03-01T12:30:00Z");
        Replay(program, "--from", "2026-03-01T12:20:00Z");
        KillUnderWay(program);
        Drain(program);
        await AssertOnceAsync(program, bucket);

        foreach (var size in new[] { "1MiB", "100KiB", "64KiB" })
        {
            SetObjects(program, size);
            Replay(program, "--from", "2026-03-01T12:10:00Z", "--to", "2026-03-01T12:40:00Z");
            Drain(program);
            await AssertOnceAsync(program, bucket);
        }

        Assert.InRange(before, 5, 100);
        Assert.Equal(0, program.Run("doctor").ExitCode);
    }

    [FactNeeding("radosgw")]
    public async Task An_object_larger_than_what_a_batch_may_be_now_is_replayed_whole()
    {
        var (program, bucket) = await buckets.StartAsync();
        using var _ = program;
        program.Variables["TelemetryActors__Sinks__S3__SendAtEnd"] = "true";
        SetObjects(program, "1MiB");
        Assert.Equal(0, program.Run(Lines(), "ingest", "-").ExitCode);
        Drain(program);
        SetObjects(program, "64KiB");

        Replay(program, "--from", "2026-03-01T12:00:00Z");
        Drain(program);

        await AssertOnceAsync(program, bucket);
        Assert.Equal(0, program.Run("doctor").ExitCode);
    }

    [FactNeeding("radosgw")]
    public async Task An_object_whose_beginning_the_log_has_no_more_is_left_as_it_is()
    {
        var (program, bucket) = await buckets.StartAsync();
        using var _ = program;
        program.Variables["TelemetryActors__Sinks__S3__SendAtEnd"] = "true";
        program.Variables["TelemetryActors__Log__MaxFileBytes"] = "64KiB";
        SetObjects(program, "256KiB");
        Assert.Equal(0, program.Run(Lines(), "ingest", "-").ExitCode);
        Drain(program);
        var all = await ContentAsync(bucket);
        var files = Directory.GetFiles(Path.Combine(program.Base, "raw"), "*.ndjson").Order(StringComparer.Ordinal).ToList();
        File.Delete(files[0]);

        Replay(program, "--from", "2026-03-01T12:00:00Z");
        Drain(program);

        var now = await ContentAsync(bucket);
        Assert.Equal(now.Distinct().Count(), now.Count);
        Assert.Empty(all.Except(now));
    }

    // About 290 bytes each, one every 1.2 s: an hour.
    private static byte[] Lines() => System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Events).Select(number => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"ts\":\"{new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).AddMilliseconds(number * 1200):yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\",\"event\":\"step\",\"details\":{{\"n\":{number},\"text\":\"{new string('x', 160)}\"}},\"id\":\"spec-{number:D6}\"}}\n"))));

    private static void SetObjects(TelemetryProgram program, string size)
    {
        program.Variables["TelemetryActors__Sinks__S3__ObjectBytes"] = size;
        program.Variables["TelemetryActors__Sinks__S3__ObjectAge"] = "1s";
    }

    private static void Replay(TelemetryProgram program, params string[] time)
    {
        var result = program.Run(["replay", "--sink", "s3", .. time]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    // The program that comes next carries out what was asked for as far as it lives, which on a starved machine is not far; a drain lives until it is through.
    private static void Drain(TelemetryProgram program) => Eventually.True(
        () => State(program) is { } state && state.CommandsRead == CommandsLength(program) && state.Redeliveries == 0 && Pending(program) == 0,
        () => (State(program), Pending(program)),
        () =>
        {
            program.Run("exec", "--", "sleep", "1");
            program.Run("sinks", "drain", "s3");
        });

    // Who looks while others have the processor may come when it is through: then once more.
    private static void KillUnderWay(TelemetryProgram program) =>
        Eventually.True(() => TryKillUnderWay(program), () => State(program), () => Replay(program, "--from", "2026-03-01T12:20:00Z"));

    private static bool TryKillUnderWay(TelemetryProgram program)
    {
        var before = State(program)?.Redelivered;
        using var process = program.Start("exec", "--", "sleep", "600");
        Eventually.True(() => State(program) is { } state && state.Redelivered != before, () => State(program));
        process.Kill(entireProcessTree: true);
        ProcessEnd.WaitFor(process);
        return State(program) is { Redeliveries: > 0 };
    }

    private async Task AssertOnceAsync(TelemetryProgram program, string bucket)
    {
        var stored = await ContentAsync(bucket);
        var logged = LogLines(program);
        Assert.Empty(stored.GroupBy(line => line).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Empty(logged.Except(stored));
        Assert.Empty(stored.Except(logged));

        var back = program.Run("s3", "get", "--from", "2026-03-01T00:00:00Z");
        Assert.Equal(0, back.ExitCode);
        Assert.Equal(logged.Order(StringComparer.Ordinal), back.Lines.Order(StringComparer.Ordinal));
    }

    private async Task<List<string>> ContentAsync(string bucket)
    {
        List<string> lines = [];
        foreach (var key in await buckets.KeysAsync(bucket))
        {
            lines.AddRange(System.Text.Encoding.UTF8.GetString(await buckets.ReadAsync(bucket, key)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return lines;
    }

    private static List<string> LogLines(TelemetryProgram program) =>
    [
        .. Directory.GetFiles(Path.Combine(program.Base, "raw"), "*.ndjson").SelectMany(File.ReadLines).Where(line => !line.Contains("log_anchor", StringComparison.Ordinal)),
    ];

    private static long Pending(TelemetryProgram program) =>
        TelemetryProgram.Json(program.Run("sinks", "--json")).Single(sink => sink.GetProperty("sink").GetString() == "s3").GetProperty("pending").GetInt64();

    private static long CommandsLength(TelemetryProgram program) =>
        new FileInfo(Path.Combine(program.Base, "state", "commands", "s3.ndjson")) is { Exists: true } file ? file.Length : 0;

    private static (int Redeliveries, long Redelivered, long CommandsRead)? State(TelemetryProgram program)
    {
        var path = Path.Combine(program.Base, "state", "sinks", "s3.json");
        if (!File.Exists(path))
        {
            return null;
        }

        var json = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        return (
            json.TryGetProperty("redeliveries", out var open) ? open.GetArrayLength() : 0,
            json.TryGetProperty("redelivered", out var totals) ? totals.GetProperty("delivered").GetInt64() : 0,
            json.GetProperty("commands_read").GetInt64());
    }
}
