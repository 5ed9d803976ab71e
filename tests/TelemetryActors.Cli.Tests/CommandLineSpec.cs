using Xunit;

namespace TelemetryActors.Cli;

public sealed class CommandLineSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("nonsense")]
    [InlineData("exec")]
    [InlineData("show", "--last", "many")]
    [InlineData("show", "--last", "-1")]
    [InlineData("show", "--since", "yesterday")]
    [InlineData("runs", "--status", "dancing")]
    [InlineData("ingest", "/no/such/file")]
    [InlineData("ingest", "-", "--base", "/dev/null")]
    [InlineData("show", "--base", "/dev/null")]
    [InlineData("show", "--base", "/no/such/base")]
    public void What_is_wrong_with_the_command_line_is_one_line_and_exit_code_2(params string[] args)
    {
        var result = _program.Run(args);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("telemetry: ", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void Without_a_command_the_help_stands_on_standard_error_and_the_exit_code_is_2()
    {
        var result = _program.RunBare();

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("\n  doctor", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ID is missing. SHA is missing.", "runs commit", "runs", "commit")]
    [InlineData("SHA is missing.", "runs commit", "runs", "commit", "r1")]
    [InlineData("KEY is missing. VALUE is missing.", "config set", "config", "set")]
    [InlineData("command is missing.", "exec", "exec")]
    [InlineData("--format takes one of json, csv, not 'xml'.", "export", "export", "--format", "xml")]
    [InlineData("--source takes one of manual, llm, ci, not 'robot'.", "runs commit", "runs", "commit", "r1", "abcd", "--source", "robot")]
    [InlineData("--who takes a name.", "consent grant", "consent", "grant", "--who", " ")]
    [InlineData("There is no command 'nonsense'.", "sinks", "sinks", "nonsense")]
    [InlineData("Unrecognized command or argument 'extra'.", "show", "show", "extra")]
    public void What_is_wrong_is_named_once_with_the_help_that_says_more(string wrong, string command, params string[] args)
    {
        var result = _program.Run(args);

        Assert.Equal((2, $"telemetry: {wrong} Try 'telemetry {command} --help'.\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public void A_command_that_nobody_knows_is_named()
    {
        var result = _program.Run("nonsense");

        Assert.Equal((2, "telemetry: There is no command 'nonsense'. Try 'telemetry --help'.\n"), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("dead", "list", "--sink", "nope")]
    [InlineData("dead", "retry", "--sink", "nope")]
    [InlineData("sinks", "reset", "nope")]
    public void A_sink_that_nobody_knows_is_refused_with_those_that_are_known(params string[] args)
    {
        _program.Record(client => client.Record("step"));

        var result = _program.Run(args);

        Assert.Equal((2, $"telemetry: There is no sink 'nope' in {_program.Base}. Known: jsonl.\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named_as_it_was_given()
    {
        _program.Record(client => client.Record("step"));

        var missing = _program.Run("export", "--out", "/no/such/place.json");
        var directory = _program.Run("export", "--out", _program.Base);

        Assert.Equal((2, "telemetry: /no/such/place.json cannot be written: there is no directory /no/such.\n"), (missing.ExitCode, missing.Error));
        Assert.Equal((2, $"telemetry: {_program.Base} cannot be written: it is a directory.\n"), (directory.ExitCode, directory.Error));
    }

    [Fact]
    public void Help_lists_every_command()
    {
        var help = _program.Run("--help");

        Assert.Equal(0, help.ExitCode);
        Assert.All(
            (string[])["exec", "show", "runs", "tail", "sinks", "ingest", "doctor"],
            command => Assert.Contains($"\n  {command}", help.Output, StringComparison.Ordinal));
    }
}
