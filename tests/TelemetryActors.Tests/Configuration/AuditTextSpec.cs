using TelemetryActors.Configuration;
using TelemetryActors.Privacy;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S2.55")]
public sealed class AuditTextSpec
{
    [Theory]
    [InlineData("jane@example.com", "jane@example.com")]
    [InlineData("jane%40example.com", "jane%40example.com")]
    [InlineData("root@vm.example.com by cron", "root@vm.example.com by cron")]
    [InlineData("jane password=hunter2-canary", "jane password=[REDACTED]")]
    [InlineData("jane 4111 1111 1111 1111", "jane [REDACTED]")]
    public void Who_decides_keeps_an_address_and_loses_secrets(string given, string kept) =>
        Assert.Equal(kept, new AuditText(new RedactionOptions()).Who(given));

    [Fact]
    public void Why_loses_all_that_an_event_would_and_what_the_owner_names()
    {
        var options = new RedactionOptions();
        options.Fields.Add("badge");

        var command = new AuditText(options).Of(new SinkCommand(SinkCommandKind.Reset, "jane@example.com", default, "asked by joe@example.com, badge=17b"));

        Assert.Equal(("jane@example.com", "asked by [REDACTED], badge=[REDACTED]"), (command.Who, command.Why));
    }

    [Fact]
    public void Redaction_that_is_off_changes_nothing() =>
        Assert.Equal("password=hunter2", new AuditText(new RedactionOptions { Enabled = false }).Of(new SinkCommand(SinkCommandKind.Reset, "ops", default, "password=hunter2")).Why);
}
