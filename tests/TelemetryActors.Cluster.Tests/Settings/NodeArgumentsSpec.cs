using TelemetryActors.ClusterNode.Settings;
using TelemetryActors.ClusterNode.Trial;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Settings;

[Trait("Feature", "SK.8")]
public sealed class NodeArgumentsSpec
{
    [Theory]
    [InlineData("--hostBuilder:reloadConfigOnChange=false")]
    [InlineData("--startupTimeoutSeconds", "30")]
    [InlineData("--servicesStartConcurrently=true", "--servicesStopConcurrently=true")]
    [InlineData("--environment", "Production", "--contentRoot=/", "--applicationName=node")]
    [InlineData("--Cluster:Port", "-1", "--Logging:LogLevel:Default=--Debug")]
    public void What_the_host_or_the_node_reads_is_a_setting(params string[] args) => Assert.Empty(NodeArguments.FaultsOf(args));

    [Fact]
    public void A_setting_without_a_value_does_not_take_the_next_one_for_it()
    {
        string[] args = ["--Cluster:Seeds", "--TelemetryActors:BaseDirectory=/x", "--Cluster:Port"];

        Assert.Equal(["--Cluster:Seeds has no value", "--Cluster:Port has no value"], NodeArguments.FaultsOf(args));
    }

    [Fact]
    public void Every_slip_is_told_at_once_and_without_its_value()
    {
        string[] args = ["secret", "--Clutser:Port=secret", "--sedes", "secret", "--shutdownTimeoutSeconds=5"];

        var faults = NodeArguments.FaultsOf(args);

        Assert.Equal(["'secret'", "there", "there", "there"], faults.Select(fault => fault.Split(' ')[0]));
        Assert.DoesNotContain("secret", string.Join('\n', faults.Skip(1)));
    }

    [Fact]
    public void The_arguments_of_a_trial_are_walked_in_the_same_way()
    {
        Assert.Equal("1", new TrialArguments(["--base", "-1", "--seeds=1"], "base", "seeds").Text("seeds"));
        var thrown = Assert.Throws<FormatException>(() => new TrialArguments(["--base", "--seeds=1"], "base", "seeds"));

        Assert.Equal("--base has no value", thrown.Message);
    }
}
