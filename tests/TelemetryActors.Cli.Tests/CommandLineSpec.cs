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
    [InlineData("ID is missing. SHA is missing.", "runs", "commit")]
    [InlineData("SHA is missing.", "runs", "commit", "r1")]
    [InlineData("KEY is missing. VALUE is missing.", "config", "set")]
    [InlineData("command is missing.", "exec")]
    public void A_missing_argument_is_named_once(string missing, params string[] args)
    {
        var result = _program.Run(args);

        Assert.Equal((2, $"telemetry: {missing} Try 'telemetry --help'.\n"), (result.ExitCode, result.Error));
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
