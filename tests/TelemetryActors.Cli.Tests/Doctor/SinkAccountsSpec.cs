using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Cli.Doctor;

public sealed class SinkAccountsSpec
{
    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_verdict_has_its_colour_also_where_the_sink_waits()
    {
        var now = TimeProvider.System.GetUtcNow();
        var sink = new SinkOverview("http", CircuitRecord.Closed, IsPaused: false, [SinkAccount.StartAtOldest(1)]) { Wait = now, WaitCause = "429" };
        using var text = new StringWriter();

        DoctorCommand.Listed([sink]).Write(text, hasColours: true);

        Assert.Contains("\e[32mok\e[0m", text.ToString(), StringComparison.Ordinal);
        Assert.Contains(": 429", text.ToString(), StringComparison.Ordinal);
    }
}
