using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Exec;

public sealed class FileSizeLimitSpec : IDisposable
{
    // More than the log and the files of the sinks take here, less than a store.
    private const int StoreBytes = 30_000;

    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [FactNeeding("prlimit")]
    [Trait("Feature", "S1.1")]
    public void A_log_that_may_not_grow_is_a_full_disk_and_ends_no_process()
    {
        var result = _program.Run("exec", "--lines", "--", "sh", "-c", "prlimit --pid $PPID --fsize=10000 && seq 1 2000");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2000, result.Lines.Length);
        Assert.Contains("(ulimit -f)", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(1, 2000).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            _program.Show("--event", "stdout_line", "--last", "5000").Select(line => line.GetProperty("details").GetProperty("text").GetString()));
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    [FactNeeding("prlimit")]
    [Trait("Feature", "S4.8")]
    public void A_store_that_may_not_grow_ends_no_process_and_has_everything_once_it_may()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        Assert.Equal(0, _program.Run("sinks", "drain", "sqlite").ExitCode);

        var refused = RunLimited(StoreBytes, "sinks", "drain", "sqlite", "--timeout", "60");
        _program.Record(client => client.Record("step"));
        var stuck = RunLimited(StoreBytes, "sinks", "drain", "sqlite", "--timeout", "60");
        var drained = _program.Run("sinks", "drain", "sqlite");

        Assert.All([refused, stuck], result => Assert.InRange(result.ExitCode, 0, 1));
        Assert.Equal(1, stuck.ExitCode);
        Assert.Contains("(ulimit -f)", stuck.Output, StringComparison.Ordinal);
        Assert.Equal(0, drained.ExitCode);
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    [FactNeeding("prlimit")]
    [Trait("Feature", "S3.24")]
    public void A_file_that_may_not_be_that_long_is_refused_by_name_and_what_was_there_stays()
    {
        Fill();
        var file = Path.Combine(_program.Base, "events.json");
        File.WriteAllText(file, "before");

        var result = RunLimited(10_000, "export", "--out", file);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($"{file} cannot grow to [0-9]+ bytes: .*\\(ulimit -f\\)\n$", result.Error);
        Assert.Equal("before", File.ReadAllText(file));
        Assert.Empty(Directory.GetFiles(_program.Base, "*.tmp"));
    }

    [FactNeeding("prlimit")]
    [Trait("Feature", "S3.24")]
    public void Standard_output_that_may_not_grow_is_a_failed_write()
    {
        Fill();
        _program.Variables["DOTNET_EnableWriteXorExecute"] = "0";
        _program.Variables["OUT"] = Path.Combine(_program.Base, "out.json");

        using var process = _program.StartUnder(["sh", "-c", "exec prlimit --fsize=10000 \"$@\" > $OUT", "sh"], ["export"]);
        var result = TelemetryProgram.Finish(process);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("standard output", result.Error, StringComparison.Ordinal);
    }

    [FactNeeding("prlimit")]
    [Trait("Feature", "S4.4")]
    public void A_quarantine_that_may_not_grow_ends_no_process()
    {
        var input = Path.Combine(_program.Base, "input.ndjson");
        File.WriteAllLines(input, Enumerable.Repeat(new string('x', 500), 100));

        var result = RunLimited(10_000, "ingest", input);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("/quarantine/.* cannot grow to [0-9]+ bytes: .*\\(ulimit -f\\)", result.Error);
    }

    private void Fill() => _program.Record(client =>
    {
        for (var number = 0; number < 500; number++)
        {
            client.Record("step", ("number", number));
        }
    });

    // The runtime itself could not begin under such a limit: it makes a large file of memory for its code.
    private ProgramResult RunLimited(int bytes, params string[] args)
    {
        _program.Variables["DOTNET_EnableWriteXorExecute"] = "0";
        var result = _program.RunUnder(["prlimit", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--fsize={bytes}")], args);
        _program.Variables.Remove("DOTNET_EnableWriteXorExecute");
        return result;
    }
}
