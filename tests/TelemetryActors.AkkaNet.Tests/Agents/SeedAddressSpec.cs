using TelemetryActors.AkkaNet.Agents;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class SeedAddressSpec
{
    [Theory]
    [InlineData("node1", "akka.tcp://telemetry@node1:4053")]
    [InlineData("node1.example:5000", "akka.tcp://telemetry@node1.example:5000")]
    [InlineData("10.0.0.1:1", "akka.tcp://telemetry@10.0.0.1:1")]
    public void A_seed_is_a_host_with_or_without_a_port(string text, string address) =>
        Assert.Equal(address, SeedAddress.TryParse(text, "telemetry")?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData(":4053")]
    [InlineData("node1:")]
    [InlineData("node1:0")]
    [InlineData("node1:65536")]
    [InlineData("node1:+80")]
    [InlineData("http://node1")]
    [InlineData("two words")]
    public void Anything_else_is_none(string text) => Assert.Null(SeedAddress.TryParse(text, "telemetry"));
}
