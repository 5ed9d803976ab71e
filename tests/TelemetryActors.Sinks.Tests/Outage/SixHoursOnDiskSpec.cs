using System.Globalization;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.RunPosting;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Sinks.Tests.S3;
using TelemetryActors.Sqlite;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;
using Xunit.Abstractions;

namespace TelemetryActors.Sinks.Tests.Outage;

/// <summary>Every remote sink dead for six hours of manual time while events pass through a real client: its ring, its event log on disk, and a local database that works.</summary>
[Collection(AloneCollection.Name)]
[Trait("Feature", "SK.6")]
[Trait("Feature", "S1.17")]
public sealed class SixHoursOnDiskSpec(ITestOutputHelper output) : IDisposable
{
    private const int Stages = 12;
    private const int RunsAtOnce = 4;
    private const int FlushEvery = 5000;

    // What the heap may grow by while events wait for three sinks; the buffers are there from the start.
    private const long MostGrowth = 4 * 1024 * 1024;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private readonly StoreFolder _folder = new();
    private readonly DirectoryInfo _rings = Directory.CreateTempSubdirectory("outage-rings-");
    private readonly ManualTime _time = new();
    private readonly RefusingEndpoint _http = new();
    private readonly StrictS3Server _bucket = new();
    private readonly LoopbackHttpServer _runs = new();

    private static int Events => Environment.GetEnvironmentVariable("TELEMETRY_LONG") == "1" ? 5_000_000 : 250_000;

    public void Dispose()
    {
        _http.Dispose();
        _bucket.Dispose();
        _runs.Dispose();
        _folder.Dispose();
        _rings.Delete(recursive: true);
    }

    [Fact]
    public async Task The_database_keeps_up_memory_stays_and_then_all_drain_in_order()
    {
        _bucket.Refuse(503, "ServiceUnavailable");
        _runs.AnswerWith(500);
        await using var telemetry = Start();
        var heap = new List<long>();

        for (var stage = 0; stage < Stages; stage++)
        {
            await Record(telemetry, Events / Stages);

            // Whatever the others wait for: hardly any time passes here, and it is less than a batch behind.
            Progress(telemetry, () => Named(telemetry, "sqlite").Pending, SinkPolicies.LocalDatabase.FlushEvents - 1, () => Move(telemetry, Tick));
            Eventually.Equal(0L, () => Named(telemetry, "sqlite").Pending, () => Move(telemetry, TimeSpan.FromSeconds(1)));
            Move(telemetry, TimeSpan.FromMinutes(30));
            heap.Add(GC.GetTotalMemory(forceFullCollection: true));
        }

        output.WriteLine($"heap after each stage in KB: {string.Join(' ', heap.Select(bytes => bytes / 1024))}");

        // Of the first two the one with more: not every buffer is there at each look of the first hour.
        Assert.InRange(heap.Skip(2).Max() - heap.Take(2).Max(), long.MinValue, MostGrowth);
        Assert.All(Remote(telemetry), status => Assert.Equal((status.Name, 0L, CircuitState.Open), (status.Name, status.Dropped, status.Circuit.State)));
        Assert.Equal((0L, 0L), (Named(telemetry, "http").Delivered, Named(telemetry, "s3").Delivered));

        // What comes before the end of the first run needs no request.
        Assert.InRange(Named(telemetry, "runs").Delivered, 0, (Events / Stages) + (3 * RunsAtOnce));

        _http.Recover();
        _bucket.Recover();
        _runs.AnswerWith(200);
        Progress(telemetry, () => telemetry.Sinks.Sum(status => status.Pending), 0, () => Move(telemetry, telemetry.Sinks.Any(status => status.Circuit.State == CircuitState.Open) ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(10)));

        var accepted = Named(telemetry, "sqlite").Accepted;
        Assert.All(telemetry.Sinks, status => Assert.Equal((status.Name, accepted, accepted, 0L, 0L, CircuitState.Closed), (status.Name, status.Accepted, status.Delivered, status.Dropped, status.DeadLettered, status.Circuit.State)));
        Assert.All(telemetry.Sinks.SelectMany(status => status.Accounts), account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.All(new[] { _http.Order, Bucket(), Store() }, order => Assert.Equal((Events / Stages * Stages, 0L), (order.Taken, order.OutOfOrder)));
        Assert.Equal(Stages * RunsAtOnce, Posted().Distinct().Count());
    }

    // Runs side by side, each numbering its own events. Who finds no room tries again: every event is accepted in the end.
    private async Task Record(TelemetryClient telemetry, int events)
    {
        var runs = Enumerable.Range(0, RunsAtOnce).Select(run => telemetry.StartRun("crawler", $"job-{run}")).ToList();
        for (var number = 0; number < events; number++)
        {
            while (!runs[number % RunsAtOnce].Record("step", ("n", number / RunsAtOnce)).IsAccepted)
            {
                await Flush(telemetry);
            }

            if (number % FlushEvery == 0)
            {
                await Flush(telemetry);
            }
        }

        await Flush(telemetry);
        foreach (var run in runs)
        {
            Assert.True(run.End().IsAccepted);
        }

        // To an fsync that is under way while half an hour passes the disk seems to hang, until it has ended.
        FlushResult flushed = default;
        Eventually.True(() => (flushed = Flush(telemetry).GetAwaiter().GetResult()).IsDurable, () => flushed.Reason, () => Move(telemetry, Tick));
    }

    // No time passes meanwhile: a flush waits for disks and threads alone.
    private static Task<FlushResult> Flush(TelemetryClient telemetry)
    {
        var flush = telemetry.FlushAsync().AsTask();
        Eventually.True(() => flush.IsCompleted, () => Seen(telemetry));
        return flush;
    }

    // Waits as long as there is less and less of it.
    private static void Progress(TelemetryClient telemetry, Func<long> left, long most, Action between)
    {
        for (var before = left(); before > most; before = left())
        {
            var from = before;
            Eventually.True(() => left() < from, () => Seen(telemetry), between);
        }
    }

    // A clock that ran while a call is made would make it run out of time; one that leapt while the log has something to write would make its disk seem to hang.
    private void Move(TelemetryClient telemetry, TimeSpan by)
    {
        if (!telemetry.Sinks.Any(status => status.IsBusy))
        {
            _time.Advance(Named(telemetry, "jsonl").Pending > 0 ? Tick : by);
        }
    }

    private static SinkStatus Named(TelemetryClient telemetry, string name) => telemetry.Sinks.Single(status => status.Name == name);

    private static IEnumerable<SinkStatus> Remote(TelemetryClient telemetry) => telemetry.Sinks.Where(status => status.Name is "http" or "s3" or "runs");

    private static string Seen(TelemetryClient telemetry) =>
        string.Join("; ", telemetry.Sinks.Select(status => $"{status.Name} {status.Circuit.State} until {status.Circuit.OpenUntil} pending {status.Pending} delivered {status.Delivered} {status.LastError}"));

    private RunOrder Bucket()
    {
        var order = new RunOrder();
        Assert.Empty(_bucket.Faults);
        foreach (var stored in _bucket.Objects.Values.OrderBy(stored => long.Parse(stored.Metadata["first-ordinal"], CultureInfo.InvariantCulture)))
        {
            foreach (var line in System.Text.Encoding.UTF8.GetString(Gzip.Open(stored.Body)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var json = JsonDocument.Parse(line);
                order.Take(json.RootElement);
            }
        }

        return order;
    }

    private RunOrder Store()
    {
        var order = new RunOrder();
        using var connection = _folder.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT run_id, json_extract(payload_json, '$.n') FROM run_events WHERE event_type = 'step' ORDER BY id";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            order.Take(reader.GetString(0), reader.GetInt64(1));
        }

        return order;
    }

    private IEnumerable<string> Posted() => _runs.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("run_id").GetString()!);

    private TelemetryClient Start()
    {
        var bucket = new S3Options { Bucket = "mine", ServiceUrl = _bucket.Address };
        var http = HttpSinkRegistration.Define(new HttpSinkOptions { Endpoint = _http.Address, HasConsent = () => true });
        var s3 = S3SinkRegistration.Define(bucket, TelemetryPreset.Service, () => "device-1") with { Create = _ => new S3Sink(bucket, () => GatewayRig.Open(bucket, _bucket.Owner), "device-1", _time) };
        var runs = RunPostingRegistration.Define(new RunPostingOptions { Endpoint = _runs.Address }, () => true);
        var options = new TelemetryOptions
        {
            Agent = "spec",
            BaseDirectory = _folder.Base,
            Preset = TelemetryPreset.Service,
            TrackSessions = false,
            Time = _time,
            Variables = new Dictionary<string, string> { ["TELEMETRY_RING_DIR"] = _rings.FullName },
        };
        SinkDefinition[] sinks =
        [
            http with { StartsAtTail = false, NeedsConsent = false, Policy = SinkPolicies.Remote with { FlushEvents = FlushEvery, MaxBatchEvents = FlushEvery } },
            s3,
            runs with { StartsAtTail = false, NeedsConsent = false },
            _folder.Definition(),
        ];
        foreach (var sink in sinks)
        {
            options.AddSink(sink with { Policy = sink.Policy with { CallTimeout = Patience, ProbeTimeout = Patience } });
        }

        return TelemetryClient.Start(options);
    }
}
