using TelemetryActors.Delivery;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Configuration;

[Trait("Feature", "S4.7")]
public sealed class OptionsFaultsSpec : IDisposable
{
    private static readonly TimeSpan TooLong = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1);

    private static readonly TimeSpan Century = TimeSpan.FromDays(36_500);

    private readonly ClientRig _rig = new();

    public static TheoryData<string, Action<TelemetryOptions>> Faults => new()
    {
        { "ShutdownBudget must be from 0", options => options.ShutdownBudget = TooLong },
        { "ShutdownBudget must be from 0", options => options.ShutdownBudget = TimeSpan.MaxValue },
        { "ShutdownBudget must be from 0", options => options.ShutdownBudget = Timeout.InfiniteTimeSpan },
        { "StartBudget must be from 00:00:00.01", options => options.StartBudget = TooLong },
        { "StartBudget must be from 00:00:00.01", options => options.StartBudget = TimeSpan.MaxValue },
        { "RunLease must be from 1 s", options => options.RunLease = TimeSpan.MaxValue },
        { "BaseDirectory must be", options => options.BaseDirectory = "\0" },
        { "Log:FsyncInterval must be from 00:00:00.001", options => options.Log.FsyncInterval = TooLong },
        { "Log:FsyncInterval must be from 00:00:00.001", options => options.Log.FsyncInterval = TimeSpan.FromTicks(1) },
        { "Log:RetentionAge must not be negative", options => options.Log.RetentionAge = TimeSpan.FromDays(-1) },
        { "Log:Fsync must be one of Interval, Always, Never", options => options.Log.Fsync = (FsyncMode)9 },
        { "Sinks:Http:FlushInterval must be from 0", options => options.Http.FlushInterval = TimeSpan.MaxValue },
        { "Preset must be one of Service, Small, Collector", options => options.Preset = (TelemetryPreset)9 },
        { "Preset must be one of Service, Small, Collector", options => options.Preset = (TelemetryPreset)(-1) },
        { "Transport must be one of Http, File, Console, Custom", options => options.Transport = (TelemetryTransport)9 },
        { "Log must not be null", options => options.Log = null! },
        { "Redaction must not be null", options => options.Redaction = null! },
        { "Sampling must not be null", options => options.Sampling = null! },
        { "Sinks:Http must not be null", options => options.Http = null! },
        { "Sinks:Community must not be null", options => options.Community = null! },
        { "Sinks:Runs must not be null", options => options.RunPosting = null! },
        { "Time must not be null", options => options.Time = null! },
        { "Sinks:0 must not be null", options => options.Sinks.Add(null!) },
        { "Sinks: must be named", options => options.AddDelegate(null!, (_, _) => ValueTask.CompletedTask) },
        { "Sinks:x:Policy must not be null", options => options.AddSink(new SinkDefinition("x", null!, _ => null!)) },
        { "Sinks:x:Create must not be null", options => options.AddSink(new SinkDefinition("x", SinkPolicies.Custom, null!)) },
        { "Sinks:x:Hurry must not be null", options => options.AddSink(Sink(SinkPolicies.Custom) with { Hurry = null! }) },
        { "Sinks:x:State must be one of Durable, None, Own", options => options.AddSink(Sink(SinkPolicies.Custom) with { State = (KeptState)9 }) },
        { "Sinks:x:RetryDelays must not be null", options => options.AddSink(Sink(SinkPolicies.Custom with { RetryDelays = null! })) },
        { "Sinks:x:Circuit must not be null", options => options.AddSink(Sink(SinkPolicies.Custom with { Circuit = null! })) },
        { "Sinks:x:FlushInterval must be from 0", options => options.AddSink(Sink(SinkPolicies.Custom with { FlushInterval = TimeSpan.MaxValue })) },
        { "Sinks:x:RetryDelays must be from 0", options => options.AddSink(Sink(SinkPolicies.Custom with { RetryDelays = [TimeSpan.Zero, TimeSpan.MaxValue] })) },
        { "Sinks:x:DrainPace must be from 0", options => options.AddSink(Sink(SinkPolicies.Custom with { DrainPace = TimeSpan.MaxValue })) },
        { "Sinks:x:CallTimeout must be over 0 and up to 1.00:00:00", options => options.AddSink(Sink(SinkPolicies.Custom with { CallTimeout = TooLong })) },
        { "Sinks:x:ProbeTimeout must be over 0 and up to 1.00:00:00", options => options.AddSink(Sink(SinkPolicies.Custom with { ProbeTimeout = TooLong })) },
        { "Sinks:x:Circuit:MaxOpenTime must be from FirstOpenTime", options => options.AddSink(Sink(Opening(TimeSpan.MaxValue))) },
        { "Sinks:x:Circuit:MaxOpenTime must be from FirstOpenTime", options => options.AddSink(Sink(Opening(Century + TimeSpan.FromTicks(1)))) },
        { "Sinks:x:WhenExhausted must be one of Keep, Discard", options => options.AddSink(Sink(SinkPolicies.Custom with { WhenExhausted = (WhenExhausted)9 })) },
        { "Sinks:x:Privacy must be one of None, Strip, Reject", options => options.AddSink(Sink(SinkPolicies.Custom with { Privacy = (PrivacyPolicy)9 })) },
    };

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_cannot_be_is_thrown_at_the_start_with_its_options_path(string fault, Action<TelemetryOptions> spoil)
    {
        var thrown = Assert.Throws<ArgumentException>(() => _rig.Start(spoil));

        Assert.StartsWith(fault, Assert.Single(thrown.Message.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_told_all_at_once()
    {
        var thrown = Assert.Throws<ArgumentException>(() => _rig.Start(options => (options.Log, options.Http, options.Time) = (null!, null!, null!)));

        Assert.Equal(["Log must not be null", "Sinks:Http must not be null", "Time must not be null"], thrown.Message.Split('\n'));
    }

    [Fact]
    public async Task The_longest_times_that_may_be_throw_nothing_later()
    {
        var day = TimeSpan.FromDays(1);
        var slow = Opening(Century) with { FlushInterval = Century, DrainPace = Century, RetryDelays = [Century], CallTimeout = day, ProbeTimeout = day };
        var client = _rig.Start(options =>
        {
            (options.StartBudget, options.ShutdownBudget, options.Log.FsyncInterval) = (day, day, day);
            (options.RunLease, options.Log.RetentionAge, options.Http.FlushInterval) = (Century, TimeSpan.MaxValue, Century);
            options.AddSink(new SinkDefinition("slow", slow, _ => new RecordingSink()));
        });

        client.Record("work", ("n", 1));
        await client.FlushAsync();
        var isTaken = await client.FlushSinksAsync(Eventually.DefaultBound, "slow");
        await client.DisposeAsync();

        Assert.True(isTaken);
        Assert.Empty(_rig.Failures);
        Assert.Equal(["work"], _rig.Names());
    }

    [Fact]
    public void No_time_of_a_sinks_policy_is_without_a_bound()
    {
        foreach (var time in typeof(SinkPolicy).GetProperties().Where(property => property.PropertyType == typeof(TimeSpan) && property.CanWrite))
        {
            var policy = SinkPolicies.Custom with { };
            time.SetValue(policy, TimeSpan.MaxValue);

            Assert.StartsWith($"Sinks:x:{time.Name} must be ", Assert.Single(SinkPolicyFaults.Of(policy, "Sinks:x")), StringComparison.Ordinal);
        }
    }

    private static SinkPolicy Opening(TimeSpan longest) =>
        SinkPolicies.Custom with { Circuit = new CircuitPolicy { FirstOpenTime = longest, MaxOpenTime = longest, FailuresTolerated = 0 } };

    private static SinkDefinition Sink(SinkPolicy policy) => new("x", policy, _ => null!);
}
