using Xunit;

namespace TelemetryActors.Encoding;

[Trait("Feature", "S2.20")]
public sealed class EventNameFormSpec
{
    [Theory]
    [InlineData("feature.used")]
    [InlineData("api.latency")]
    [InlineData("http.request")]
    [InlineData("user.login")]
    [InlineData("runtime_start")]
    [InlineData("report-2026")]
    [InlineData("port_49152")]
    [InlineData("Überlauf")]
    public void The_name_of_a_kind_is_none(string name) => Assert.False(EventNameForm.IsFreeText(name));

    [Theory]
    [InlineData("User 17 logged in")]
    [InlineData("line\nbreak")]
    [InlineData("order_20261120")]
    [InlineData("job-3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301.done")]
    public void A_sentence_and_a_name_that_holds_a_value_are(string name) => Assert.True(EventNameForm.IsFreeText(name));
}
