using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>The sink under its supervisor, while the other end fails.</summary>
[Collection(S3Collection.Name)]
public sealed class S3OutageSpec(SharedGateway shared) : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly MemoryEventSource _source = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Feature", "S1.16")]
    [Trait("Feature", "S1.17")]
    public async Task The_sixth_failure_opens_for_six_hours_and_then_everything_arrives()
    {
        using var server = new StrictS3Server();
        var options = new S3Options { Bucket = "mine", ServiceUrl = server.Address };
        server.Refuse(500, "InternalError");
        await using var engine = Start(options, () => GatewayRig.Open(options, server.Owner), Patient);
        _source.Append(20);

        Eventually.Equal(CircuitState.Open, () => engine["s3"].Status.Circuit.State, () => _time.Advance(TimeSpan.FromSeconds(10)));
        var until = engine["s3"].Status.Circuit.OpenUntil!.Value;
        Assert.Equal(6, server.Requests);
        Assert.Contains("500 InternalError", engine["s3"].Status.LastError, StringComparison.Ordinal);
        server.Recover();
        _source.Append(30);
        _time.AdvanceTo(until - TimeSpan.FromSeconds(2));
        Assert.Equal(6, server.Requests);
        Assert.InRange(until - _time.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        _time.AdvanceTo(until);

        Eventually.Equal(50L, () => engine["s3"].Status.Delivered, () => _time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(Expected(50), ContentOf(server));
        Assert.All(engine["s3"].Status.Accounts, account => Assert.True(account.IsBalanced));
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public async Task A_wrong_secret_opens_at_once_and_says_so()
    {
        using var server = new StrictS3Server();
        var options = new S3Options { Bucket = "mine", ServiceUrl = server.Address };
        server.Refuse(403, "SignatureDoesNotMatch");
        await using var engine = Start(options, () => GatewayRig.Open(options, server.Owner), Patient);
        _source.Append(5);

        Eventually.Equal(CircuitState.Open, () => engine["s3"].Status.Circuit.State, () => _time.Advance(TimeSpan.FromSeconds(10)));

        Assert.Equal(1, server.Requests);
        Assert.Equal("403 SignatureDoesNotMatch: the secret access key is wrong", engine["s3"].Status.Circuit.Cause);
    }

    [FactNeeding("radosgw")]
    public async Task A_gateway_that_hangs_is_given_up_in_time_and_gets_the_same_object_when_it_comes_back()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var engine = Start(rig.Options, () => GatewayRig.Open(rig.Options, shared.Gateway.Owner));
        _source.Append(100);
        shared.Gateway.Hang();
        try
        {
            Eventually.Equal("timeout", () => engine["s3"].Status.LastError, () => _time.Advance(TimeSpan.FromSeconds(1)));
        }
        finally
        {
            shared.Gateway.Resume();
        }

        _source.Append(50);
        Eventually.Equal(150L, () => engine["s3"].Status.Delivered, () => AdvanceUnlessBusy(engine));
        var keys = await rig.KeysAsync();
        Assert.Equal(["-0.log.gz", "-100.log.gz"], keys.Select(key => key[key.LastIndexOf('-')..]));
        Assert.Equal(Expected(100), await rig.ReadAsync(keys[0]));
        Assert.Equal(Expected(150)[Expected(100).Length..], await rig.ReadAsync(keys[1]));
    }

    [FactNeeding("radosgw")]
    public async Task A_server_that_asks_for_fewer_requests_is_given_time()
    {
        using var gateway = new RadosGateway(maxRequests: 1);
        var rig = await GatewayRig.WithBucketAsync(gateway);
        await using var first = rig.Sink();
        await using var second = rig.Sink(device: "device-2");
        gateway.Hang();
        using var patience = new CancellationTokenSource();
        var occupying = first.DeliverAsync(DiagnosticBatch.Of(0, 1), patience.Token).AsTask();

        // Either may be the one that comes first and occupies the server: the other one is asked to wait.
        SinkOutcome? outcome = null;
        Eventually.True(() => (outcome = occupying.IsCompleted ? occupying.Result : Answer(second)) is SinkOutcome.Retry { After: not null }, () => outcome);
        gateway.Resume();
        await occupying;

        Assert.Equal(new SinkOutcome.Retry("503 SlowDown", TimeSpan.FromSeconds(30)), outcome);
        Eventually.Equal(SinkOutcome.Delivered, () => Answer(first));
        Eventually.Equal(SinkOutcome.Delivered, () => Answer(second));
    }

    // Until the other request occupies the server, this one hangs as well: it is given up and asked again.
    private static SinkOutcome? Answer(S3Sink sink)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            return sink.DeliverAsync(DiagnosticBatch.Of(0, 1), patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    // The test's clock runs ahead of a real server: only one that hangs may run out of time.
    private static SinkPolicy Patient(SinkPolicy policy) => policy with { CallTimeout = TimeSpan.FromDays(1), ProbeTimeout = TimeSpan.FromDays(1) };

    private void AdvanceUnlessBusy(LocalEngine engine)
    {
        if (!engine["s3"].Status.IsBusy)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private LocalEngine Start(S3Options options, Func<Amazon.S3.IAmazonS3> connect, Func<SinkPolicy, SinkPolicy>? change = null)
    {
        var definition = S3SinkRegistration.Define(options, TelemetryPreset.Service, () => "device-1");
        definition = definition with
        {
            Policy = change is null ? definition.Policy : change(definition.Policy),
            Create = _ => new S3Sink(options, connect, "device-1", _time),
        };
        IEventSource[] sources = [_source];
        var engine = new LocalEngine(
            new PipelineDefinition([definition]),
            new EngineEnvironment { BaseDirectory = _directory, Sources = () => sources, Signal = _source, Raise = _ => { }, Time = _time, Jitter = () => 0 });
        engine.Start();
        return engine;
    }

    private static byte[] Expected(int events) => [.. Enumerable.Range(0, events).SelectMany(number => Lines.Event(number).Append((byte)'\n'))];

    private static byte[] ContentOf(StrictS3Server server) =>
        [.. server.Objects.OrderBy(entry => int.Parse(entry.Value.Metadata["first-ordinal"], System.Globalization.CultureInfo.InvariantCulture)).SelectMany(entry => Gzip.Open(entry.Value.Body))];
}
