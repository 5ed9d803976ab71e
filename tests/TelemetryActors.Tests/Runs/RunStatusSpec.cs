using Xunit;

namespace TelemetryActors.Runs;

[Trait("Feature", "D.10")]
public sealed class RunStatusSpec
{
    [Theory]
    [InlineData("running", RunStatus.Running, "running")]
    [InlineData("success", RunStatus.Success, "success")]
    [InlineData("failed", RunStatus.Failed, "failed")]
    [InlineData("partial", RunStatus.Partial, "partial")]
    [InlineData("timeout", RunStatus.Timeout, "timeout")]
    [InlineData("cancelled", RunStatus.Cancelled, "cancelled")]
    [InlineData("abandoned", RunStatus.Abandoned, "abandoned")]
    [InlineData("failure", RunStatus.Failed, "failed")]
    [InlineData("completed", RunStatus.Success, "success")]
    [InlineData("SUCCEEDED", RunStatus.Success, "success")]
    [InlineData(" Timeout ", RunStatus.Timeout, "timeout")]
    [Trait("Feature", "D.13")]
    public void A_word_or_an_alias_in_any_case_is_stored_as_one_word(string text, RunStatus status, string stored)
    {
        Assert.True(RunStatusText.TryParse(text, out var parsed));

        Assert.Equal(status, parsed);
        Assert.Equal(stored, parsed.ToText());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("done")]
    public void Anything_else_is_no_status(string? text)
    {
        Assert.False(RunStatusText.TryParse(text, out _));
    }

    [Fact]
    public void Only_running_and_abandoned_are_not_final()
    {
        Assert.Equal([RunStatus.Running, RunStatus.Abandoned], Enum.GetValues<RunStatus>().Where(status => !status.IsFinal()));
    }
}
