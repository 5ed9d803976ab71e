using Xunit;

namespace TelemetryActors.Cli;

public sealed class CommandLineSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData]
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
    public void Help_lists_every_command()
    {
        var help = _program.Run("--help");

        Assert.Equal(0, help.ExitCode);
        Assert.All(
            (string[])["exec", "show", "runs", "tail", "sinks", "ingest", "doctor"],
            command => Assert.Contains($"\n  {command}", help.Output, StringComparison.Ordinal));
    }
}
