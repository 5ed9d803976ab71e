using Xunit;

namespace TelemetryActors.Cli.Exec;

public sealed class FileSizeLimitSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S1.1")]
    public void A_log_that_may_not_grow_is_a_full_disk_and_ends_no_process()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var result = _program.Run("exec", "--lines", "--", "sh", "-c", "prlimit --pid $PPID --fsize=10000 && seq 1 2000");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2000, result.Lines.Length);
        Assert.Contains("(ulimit -f)", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(1, 2000).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            _program.Show("--event", "stdout_line", "--last", "5000").Select(line => line.GetProperty("details").GetProperty("text").GetString()));
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }
}
