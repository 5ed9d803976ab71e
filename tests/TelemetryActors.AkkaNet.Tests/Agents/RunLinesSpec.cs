using TelemetryActors.AkkaNet.Agents;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class RunLinesSpec
{
    [Fact]
    [Trait("Feature", "SK.8")]
    public void Each_run_gets_its_lines_in_the_batchs_order()
    {
        var batch = AgentLine.Join(AgentLine.Of("run-a", 1), AgentLine.Of("run-b", 2), AgentLine.Of("run-a", 3));

        var dealt = RunLines.Deal(batch, "host", out _);

        Assert.Equal(["run-a", "run-b"], dealt.Select(group => group.EntityId));
        var first = Assert.Single(dealt[0].Parts);
        Assert.Equal(2, first.Count);
        Assert.Equal(AgentLine.Join(AgentLine.Of("run-a", 1), AgentLine.Of("run-a", 3)).ToArray(), first.Lines.ToArray());
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Lines_of_no_run_go_to_the_process_that_recorded_them()
    {
        var batch = AgentLine.Join(AgentLine.Of(null, 1), AgentLine.Of(null, 1, "zzzzzzzzzzz"), AgentLine.Of(null, 2));

        var dealt = RunLines.Deal(batch, "host", out _);

        Assert.Equal([("agent-0123456789a", 2), ("agent-zzzzzzzzzzz", 1)], dealt.Select(group => (group.EntityId, group.Parts.Single().Count)));
    }

    [Theory]
    [InlineData("""{"ts":"2026-03-01T12:00:00Z","event":"e","details":{},"id":"6f1c2d3e-0000-4000-8000-000000000001"}""")]
    [InlineData("""{"ts":"2026-03-01T12:00:00Z","event":"e","details":{}}""")]
    public void What_bears_no_id_of_ours_goes_to_one_actor_for_the_machine_and_not_to_one_each(string line)
    {
        var batch = System.Text.Encoding.UTF8.GetBytes(line + "\n" + line + "\n");

        var group = Assert.Single(RunLines.Deal(batch, "host", out _));

        Assert.Equal("agent-host", group.EntityId);
        Assert.Equal(2, group.Parts.Single().Count);
    }

    [Theory]
    [InlineData("a\\u0000b")]
    [InlineData("line\\nbreak")]
    [InlineData("")]
    public void A_run_id_that_no_journal_can_bear_makes_no_actor(string run)
    {
        var line = System.Text.Encoding.UTF8.GetBytes($$"""{"ts":"2026-03-01T12:00:00Z","event":"e","details":{},"run_id":"{{run}}"}""" + "\n");

        Assert.Equal("agent-host", Assert.Single(RunLines.Deal(line, "host", out _)).EntityId);
        Assert.Equal("agent-0123456789a", Assert.Single(RunLines.Deal(AgentLine.Of(new string('x', 201), 1), "host", out _)).EntityId);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\uffe6')]
    public void The_longest_run_id_that_has_an_actor_of_its_own_is_counted_in_characters(char letter)
    {
        var run = new string(letter, RunLines.MaxRunIdChars);

        Assert.Equal(run, Assert.Single(RunLines.Deal(AgentLine.Of(run, 1), "host", out _)).EntityId);
    }

    [Fact]
    public void A_runs_lines_are_cut_into_parts_that_a_message_can_carry_at_line_ends()
    {
        var lines = Enumerable.Range(1, 40).Select(number => AgentLine.Of("run-a", number, padding: 10_000)).ToList();

        var group = Assert.Single(RunLines.Deal(AgentLine.Join(lines), "host", out _));

        Assert.True(group.Parts.Count > 1);
        Assert.All(group.Parts, part => Assert.InRange(part.Lines.Length, 1, RunLines.MaxPartBytes));
        Assert.All(group.Parts, part => Assert.Equal(part.Count, part.Lines.ToArray().Count(each => each == '\n')));
        Assert.Equal(AgentLine.Join(lines).ToArray(), group.Parts.SelectMany(part => part.Lines.ToArray()));
    }

    [Fact]
    public void The_longest_line_is_a_part()
    {
        var line = AgentLine.Of("run-a", 1, padding: (64 * 1024) - AgentLine.Of("run-a", 1).Length);

        var part = Assert.Single(Assert.Single(RunLines.Deal(line, "host", out _)).Parts);

        Assert.Equal(line, part.Lines.ToArray());
    }

    [Fact]
    public void The_parts_are_copies()
    {
        var line = AgentLine.Of("run-a", 1);
        var part = RunLines.Deal(line, "host", out _).Single().Parts.Single();

        line.AsSpan().Clear();

        Assert.Equal(AgentLine.Of("run-a", 1), part.Lines.ToArray());
    }
}
