using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class ClusterKitSpec
{
    [Fact]
    [Trait("Feature", "SK.8")]
    [Trait("Feature", "D.9")]
    public void Nothing_is_defined_until_a_seed_is_named()
    {
        Assert.Null(new ClusterKit(new ClusterSinkOptions()).Define(new SinkKitContext(new TelemetryOptions(), null!)));

        Assert.NotNull(new ClusterKit(Seeded()).Define(new SinkKitContext(new TelemetryOptions(), null!)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void It_is_a_sink_that_keeps_what_it_could_not_send_and_tries_twice()
    {
        var policy = new ClusterKit(Seeded()).Define(new SinkKitContext(new TelemetryOptions(), null!))!.Policy;

        Assert.Equal(WhenExhausted.Keep, policy.WhenExhausted);
        Assert.Equal(2, policy.AttemptsPerUpload);
        Assert.Equal(5, policy.Circuit.FailuresTolerated);
        Assert.Empty(SinkPolicyFaults.Of(policy, "cluster"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    [Trait("Feature", "D.2")]
    public void The_open_time_is_short_by_default_and_can_be_six_hours()
    {
        var options = Seeded();
        var byDefault = ClusterSinkRegistration.Policy(options).Circuit;
        options.OpenTime = TimeSpan.FromHours(6);

        var set = ClusterSinkRegistration.Policy(options).Circuit;

        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10)), (byDefault.OpenTime(0, 0), byDefault.OpenTime(20, 0)));
        Assert.Equal(TimeSpan.FromHours(6), set.OpenTime(20, 0));
    }

    [Fact]
    public void Settings_from_outside_reach_the_options_and_say_what_is_wrong()
    {
        var options = new TelemetryOptions().AddCluster();
        options.Outside = [new SettingSource(SettingOrigin.Environment, [
            ("seeds", "sinks.cluster.seeds", "a, b:5"), ("open", "sinks.cluster.openTime", "6h"), ("port", "sinks.cluster.port", "-1")])];

        var resolved = SettingResolver.Resolve(options, options.Outside);

        var set = resolved.Options.Kit<ClusterKit>().Options;
        Assert.Equal(["a", "b:5"], set.Seeds);
        Assert.Equal(TimeSpan.FromHours(6), set.OpenTime);
        Assert.Equal("port must be a whole number from 0 to 65535, not '-1'", Assert.Single(resolved.Faults));
        Assert.Empty(options.Kit<ClusterKit>().Options.Seeds);
    }

    [Theory]
    [Trait("Feature", "S4.17")]
    [InlineData("sinks.cluster.seeds", "collector, collector:99999", "host or host:port, with commas between them")]
    [InlineData("sinks.cluster.systemName", "my fleet", "letters, digits and hyphens")]
    [InlineData("sinks.cluster.hostName", "my host", "a host name or an address")]
    public void A_wrong_setting_from_outside_is_a_warning_with_its_path_and_takes_no_other_with_it(string path, string text, string rule)
    {
        var options = new TelemetryOptions().AddCluster(cluster => cluster.Seeds.Add("mine"));
        options.Outside = [new SettingSource(SettingOrigin.Environment, [
            ("it", path, text), ("open", "sinks.cluster.openTime", "6h"), ("runs", "sinks.runs.enabled", "false")])];

        var resolved = SettingResolver.Resolve(options, options.Outside);

        var set = resolved.Options.Kit<ClusterKit>().Options;
        Assert.Equal($"it must be {rule}, not '{text}'", Assert.Single(resolved.Faults));
        Assert.Equal(("telemetry", null, TimeSpan.FromHours(6)), (set.SystemName, set.HostName, set.OpenTime));
        Assert.Equal(["mine"], set.Seeds);
        Assert.False(resolved.Options.RunPosting.Enabled);
    }

    [Fact]
    [Trait("Feature", "S4.7")]
    public void An_interval_without_an_end_is_a_fault()
    {
        var options = new ClusterSinkOptions { FlushInterval = TimeSpan.MaxValue };

        Assert.StartsWith("Sinks:Cluster:FlushInterval must be from 0 to ", Assert.Single(ClusterSinkOptionsFaults.Of(options)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_listed_at_once_with_its_path()
    {
        var options = new ClusterSinkOptions { SystemName = "a b", HostName = "x y", Port = -1, FlushInterval = TimeSpan.FromSeconds(-1), AnswerTimeout = TimeSpan.Zero, OpenTime = TimeSpan.FromSeconds(1) };
        options.Seeds.Add("a:b");

        var faults = ClusterSinkOptionsFaults.Of(options).Select(fault => fault.Split(' ')[0]);

        Assert.Equal(
            [
                "Sinks:Cluster:Seeds", "Sinks:Cluster:SystemName", "Sinks:Cluster:HostName", "Sinks:Cluster:Port",
                "Sinks:Cluster:FlushInterval", "Sinks:Cluster:AnswerTimeout", "Sinks:Cluster:OpenTime",
            ],
            faults);
    }

    private static ClusterSinkOptions Seeded()
    {
        var options = new ClusterSinkOptions();
        options.Seeds.Add("node1");
        return options;
    }
}
