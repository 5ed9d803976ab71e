using TelemetryActors.TestKit;
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
    public void Waits_for_a_base_directory_that_is_not_there_yet()
    {
        var later = Path.Combine(_program.Base, "later", "base");
        using var tail = _program.Start("--base", later, "tail", "-f", "--json");
        Assert.Contains($"waiting for the base directory {later}", TelemetryProgram.ReadLine(tail.StandardError, tail), StringComparison.Ordinal);

        _program.Run("--base", later, "exec", "--", "true");

        Assert.Contains("\"event\":\"run_start\"", TelemetryProgram.ReadLine(tail), StringComparison.Ordinal);
        Assert.Contains("\"event\":\"run_end\"", TelemetryProgram.ReadLine(tail), StringComparison.Ordinal);
        Signals.Send(tail.Id, "INT");
        Assert.Equal(0, TelemetryProgram.Finish(tail).ExitCode);
    }

    [Fact]
    public void Ends_when_nobody_reads_it_any_more_although_nothing_comes()
    {
        _program.Record(client => client.Record("before"));
        using var tail = _program.Start("tail", "-f", "--json");
        Assert.Contains("\"event\":\"before\"", TelemetryProgram.ReadLine(tail), StringComparison.Ordinal);

        tail.StandardOutput.Close();

        Assert.Equal(0, ProcessEnd.WaitFor(tail));
    }

    [Fact]
    public void Can_be_interrupted_while_it_waits()
    {
        using var tail = _program.Start("--base", Path.Combine(_program.Base, "later"), "tail", "-f");
        TelemetryProgram.ReadLine(tail.StandardError, tail);

        Signals.Send(tail.Id, "INT");

        Assert.Equal(0, TelemetryProgram.Finish(tail).ExitCode);
    }

    [Theory]
    [InlineData("tail")]
    [InlineData("show")]
    [InlineData("runs")]
    public void Without_following_there_is_nothing_yet(string command)
    {
        var noBase = _program.Run("--base", Path.Combine(_program.Base, "later"), command);
        var noLog = _program.Run(command);

        Assert.Equal((2, 0), (noBase.ExitCode, noLog.ExitCode));
        Assert.StartsWith("telemetry: Nothing is recorded yet: ", noBase.Error, StringComparison.Ordinal);
        Assert.Equal($"telemetry: nothing is recorded yet in {_program.Base} (it was given)\n", noLog.Error);
    }

    [Fact]
    public void Without_following_it_ends_with_the_newest()
    {
        _program.Record(client => Enumerable.Range(0, 20).ToList().ForEach(i => client.Record("step", ("n", i))));

        Assert.Equal(10, _program.Run("tail").Lines.Length);
        Assert.Equal(3, _program.Run("tail", "--last", "3").Lines.Length);
    }
}
