using Xunit;

namespace TelemetryActors.Cli.Output;

public sealed class UnwritableStreamsSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [Trait("Feature", "S4.1")]
    [InlineData("2>/dev/full", 0, "exec", "--print-run-id", "--", "touch", "made")]
    [InlineData("2>&-", 0, "exec", "--print-run-id", "--", "touch", "made")]
    [InlineData("2>/dev/full", 0, "exec", "--base", "/proc/nope", "--", "touch", "made")]
    [InlineData("2>/dev/full", 7, "exec", "--", "sh", "-c", "echo lost >&2; touch made; exit 7")]
    [InlineData(">/dev/full 2>&1", 7, "exec", "--lines", "--", "sh", "-c", "for i in 1 2 3 4 5; do echo $i; echo $i >&2; sleep 0.05; done; touch made; exit 7")]
    public void What_exec_cannot_say_hurts_neither_the_command_nor_its_exit_code(string streams, int exitCode, params string[] args)
    {
        var result = _program.RunUnder(Streams(streams), args);

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Error));
        Assert.True(File.Exists(Path.Combine(_program.Base, "made")));
    }

    [Fact]
    public void A_command_that_is_not_there_is_127_and_a_failed_run_where_that_cannot_be_said()
    {
        var result = _program.RunUnder(Streams("2>/dev/full"), "exec", "--", "no-such-command");

        Assert.Equal(127, result.ExitCode);
        Assert.Equal("failed", Assert.Single(TelemetryProgram.Json(_program.Run("runs", "--json"))).GetProperty("status").GetString());
    }

    [Fact]
    public void Lines_are_recorded_to_the_last_where_they_cannot_be_passed_on()
    {
        _program.RunUnder(Streams(">/dev/full 2>&1"), "exec", "--lines", "--", "sh", "-c", "for i in 1 2 3 4 5; do echo out $i; sleep 0.05; done");

        Assert.Equal(
            Enumerable.Range(1, 5).Select(number => $"out {number}"),
            _program.Show("--event", "stdout_line").Select(line => line.GetProperty("details").GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData("show")]
    [InlineData("show", "--json")]
    [InlineData("runs")]
    [InlineData("sinks")]
    [InlineData("doctor")]
    [InlineData("export")]
    [InlineData("config")]
    [InlineData("--help")]
    public void A_listing_that_cannot_be_written_is_exit_code_1(params string[] args)
    {
        _program.Record(client => client.Record("step"));

        var told = _program.RunUnder(Streams(">/dev/full"), args);
        var silent = _program.RunUnder(Streams(">/dev/full 2>&1"), args);

        Assert.Equal((1, 1), (told.ExitCode, silent.ExitCode));
        Assert.Matches("^telemetry: .*No space left on device\n$", told.Error);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("show", "--base", "/no/such/base")]
    public void What_is_wrong_with_the_command_line_is_exit_code_2_where_that_cannot_be_said(params string[] args) =>
        Assert.Equal(2, _program.RunUnder(Streams("2>/dev/full"), args).ExitCode);

    // A shell that runs the program in the base directory with these streams.
    private string[] Streams(string streams) => ["sh", "-c", $"cd '{_program.Base}' && exec \"$@\" {streams}", "sh"];
}
