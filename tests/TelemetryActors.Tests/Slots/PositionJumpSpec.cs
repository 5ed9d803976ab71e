using System.Security.Cryptography;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Slots;

[Trait("Feature", "S1.18")]
public sealed class PositionJumpSpec : IDisposable
{
    private static readonly StreamId Stream = new(7);

    private readonly DirectoryInfo _states = Directory.CreateTempSubdirectory("states-");

    public void Dispose() => _states.Delete(recursive: true);

    private Cursor Above(long position, long ordinal) => PositionJump.Above(new Cursor(Stream, position, ordinal), DiskFileSystem.Instance, _states.FullName);

    private void State(string name, string text) => File.WriteAllText(Path.Combine(_states.FullName, name), text);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(PositionJump.Step - 1, 1)]
    [InlineData(PositionJump.Step, 2)]
    [InlineData((3 * PositionJump.Step) + 1, 4)]
    public void Positions_go_on_at_the_next_multiple_above_the_end(long end, long steps) =>
        Assert.Equal(new Cursor(Stream, steps * PositionJump.Step, 9), Above(end, 9));

    [Fact]
    public void A_cursor_anywhere_in_a_sinks_state_is_known_whatever_its_format()
    {
        State("one.json", $$$"""{"deep":[{"er":{"stream":"{{{Stream}}}","position":{{{PositionJump.Step + 5}}},"ordinal":40}}]}""");
        State("two.json", $$$"""{"stream":"{{{Stream}}}","position":3,"ordinal":50}""");

        Assert.Equal(new Cursor(Stream, 2 * PositionJump.Step, 50), Above(100, 9));
    }

    [Theory]
    [InlineData("""{"stream":"0000000000000008","position":99999999999999,"ordinal":40}""")]
    [InlineData("""{"stream":7,"position":99999999999999,"ordinal":40}""")]
    [InlineData("""{"stream":"0000000000000007","position":"much","ordinal":40}""")]
    [InlineData("not json")]
    [InlineData("")]
    public void What_is_of_another_stream_or_no_cursor_counts_for_nothing(string text)
    {
        State("one.json", text);
        State("one.lock", $$$"""{"stream":"{{{Stream}}}","position":99999999999999,"ordinal":40}""");

        Assert.Equal(new Cursor(Stream, PositionJump.Step, 9), Above(100, 9));
    }

    [Fact]
    public void A_jump_that_nobody_will_know_of_goes_further_by_steps_at_random()
    {
        var further = Enumerable.Range(0, 20).Select(_ => PositionJump.Further(new Cursor(Stream, PositionJump.Step, 9), RandomNumberGenerator.GetInt32)).ToList();

        Assert.All(further, cursor => Assert.True(cursor.Position > PositionJump.Step && cursor.Position % PositionJump.Step == 0 && cursor.Ordinal == 9));
        Assert.True(further.Distinct().Count() > 1);
    }
}
