using Xunit;

namespace TelemetryActors.Cli.Show;

public sealed class ShowSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S3.23")]
    public void Every_type_of_event_is_listed()
    {
        _program.Record(client =>
        {
            client.Record("service_ready");
            client.RecordAt("error", "oven_failed");
            using var run = client.StartRun("crawler", "nightly");
            run.Record("checkpoint");
            run.SetMetric("items", 1);
        });

        var names = _program.Show("--last", "100").Select(shown => shown.GetProperty("event").GetString()).ToList();

        Assert.Superset(new HashSet<string?> { "service_ready", "oven_failed", "run_start", "checkpoint", "run_end" }, names.ToHashSet());
    }

    [Fact]
    public void Shows_the_newest_events_oldest_first()
    {
        _program.Record(client =>
        {
            for (var i = 0; i < 60; i++)
            {
                client.Record("step", ("n", i));
            }
        });

        Assert.Equal(Enumerable.Range(10, 50), _program.Show().Select(line => line.GetProperty("details").GetProperty("n").GetInt32()));
        Assert.Equal([58, 59], _program.Show("--last", "2").Select(line => line.GetProperty("details").GetProperty("n").GetInt32()));
    }

    [Fact]
    public void A_quote_within_a_text_is_told_from_its_end()
    {
        _program.Record(client => client.Record("step", ("text", "a \"b\" c")));

        Assert.Contains("text=\"a \\\"b\\\" c\"", _program.Run("show").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_only_what_is_asked_for()
    {
        var run = "";
        _program.Record(client =>
        {
            client.Record("other");
            using var started = client.StartRun("crawler", "nightly");
            started.Record("checkpoint", ("step", 1));
            run = started.Id;
        });

        Assert.Equal(["run_start", "checkpoint", "run_end"], _program.Show("--run", run).Select(line => line.GetProperty("event").GetString()));
        Assert.Single(_program.Show("--event", "checkpoint"));
        Assert.Equal(4, _program.Show("--since", "10m").Count);
        Assert.Empty(_program.Show("--since", "2999-01-01T00:00:00Z"));
    }

    [Fact]
    public void Text_for_people_has_no_colours_when_piped_and_no_control_characters_ever()
    {
        _program.Record(client => client.RecordAt("warning", "disk_full", ("path", "/data"), ("note", "a \e[31m b"), ("free", 0)));

        var line = Assert.Single(_program.Run("show").Lines);

        Assert.DoesNotContain('\e', line);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z  warning   disk_full             path=/data  note=""a \\u001[bB]\[31m b""  free=0$", line);
    }

    [Fact]
    public void A_text_in_quotes_is_JSON_and_one_without_is_as_it_was_recorded()
    {
        _program.Record(client => client.Record("paths", ("plain", @"C:\new"), ("quoted", @"C:\Program Files\""x"""), ("both", "a\n\"b\"")));

        var line = Assert.Single(_program.Run("show").Lines);

        Assert.EndsWith(@"  plain=C:\new  quoted=""C:\\Program Files\\\""x\""""  both=""a\n\""b\""""", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_the_logs_own_line()
    {
        _program.Record(client => client.Record("step", ("n", 1)));

        var shown = Assert.Single(_program.Run("show", "--json").Lines);

        Assert.Equal(File.ReadAllLines(Directory.GetFiles(Path.Combine(_program.Base, "raw"), "*.ndjson")[0])[1], shown);
    }

    [Fact]
    [Trait("Feature", "S0.32")]
    public void Lines_that_are_no_events_are_passed_over_and_counted()
    {
        _program.Record(client => client.Record("step", ("n", 1)));
        File.AppendAllText(Directory.GetFiles(Path.Combine(_program.Base, "raw"), "*.ndjson")[0], "garbage\n{\"torn");

        var result = _program.Run("show");

        Assert.Single(result.Lines);
        Assert.Equal("telemetry: 1 lines of the log are no events and were passed over\n", result.Error);
    }

    [Fact]
    public void A_base_directory_without_a_log_shows_nothing()
    {
        var result = _program.Run("show");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Empty(_program.Leftovers());
    }
}
