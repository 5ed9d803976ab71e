using Xunit;

namespace TelemetryActors.Cli.Tail;

public sealed class TailSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Follows_new_slots_and_files_until_it_is_interrupted(string signal)
    {
        _program.Record(client => client.Record("before"));
        using var tail = _program.Start("tail", "-f", "--json");
        Assert.Contains("\"event\":\"before\"", TelemetryProgram.ReadLine(tail), StringComparison.Ordinal);

        _program.Record(client =>
        {
            client.Record("first");
            _program.Record(second => second.Record("of another slot"));
        });
        File.WriteAllText(
            Path.Combine(_program.Base, "raw", "events_29991231.ndjson"), "{\"ts\":\"2999-12-31T00:00:00Z\",\"event\":\"of another day\",\"details\":{}}\n");
        var seen = new[] { TelemetryProgram.ReadLine(tail), TelemetryProgram.ReadLine(tail), TelemetryProgram.ReadLine(tail) };
        Signals.Send(tail.Id, signal);

        Assert.Equal(0, TelemetryProgram.Finish(tail).ExitCode);
        Assert.All(
            (string[])["first", "of another slot", "of another day"],
            name => Assert.Single(seen, line => line!.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Without_following_it_ends_with_the_newest()
    {
        _program.Record(client => Enumerable.Range(0, 20).ToList().ForEach(i => client.Record("step", ("n", i))));

        Assert.Equal(10, _program.Run("tail").Lines.Length);
        Assert.Equal(3, _program.Run("tail", "--last", "3").Lines.Length);
    }
}
