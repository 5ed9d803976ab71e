using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Store;

/// <summary>What <c>telemetry config set sinks.sqlite.*</c> means for the program's own recording commands.</summary>
[Trait("Feature", "S4.11")]
public sealed class SqliteSettingsSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    private string Store => Path.Combine(_program.Base, "db", "telemetry.sqlite");

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S4.15")]
    public void Recording_commands_fill_the_store_once_the_owner_has_switched_it_on_and_not_before()
    {
        Assert.Equal(0, _program.Run("exec", "--agent", "early", "--", "true").ExitCode);
        var before = File.Exists(Store);

        Assert.Equal(0, _program.Run("config", "set", "sinks.sqlite.enabled", "true").ExitCode);
        Assert.Equal(0, _program.Run("config", "set", "sinks.sqlite.events", "true").ExitCode);
        var told = _program.Run("config", "get", "sinks.sqlite.enabled").Lines;
        Assert.Equal(0, _program.Run("exec", "--agent", "late", "--", "true").ExitCode);
        Assert.Equal(0, _program.Run("""{"ts":"2026-03-01T12:00:00Z","event":"ingested","details":{},"id":"a-1"}"""u8.ToArray(), "ingest", "-").ExitCode);

        // A program's end has seconds for it, in which a starved machine does not get there: then it goes with the next one's.
        var recorded = Count("jsonl", "accepted");
        Eventually.True(() => Count("sqlite", "delivered") >= recorded, between: () => _program.Run("exec", "--agent", "later", "--", "true"));
        Directory.Delete(Path.Combine(_program.Base, "raw"), recursive: true);

        Assert.False(before);
        Assert.Equal(["true"], told);
        var runs = TelemetryProgram.Json(_program.Run("runs", "--json")).Select(run => run.GetProperty("agent").GetString()).ToList();
        Assert.Contains("early", runs);
        Assert.Contains("late", runs);
        Assert.Contains(_program.Show("--event", "ingested"), shown => shown.GetProperty("id").GetString() == "a-1");
    }

    [Fact]
    public void The_place_is_the_settings_too()
    {
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Run("config", "set", "sinks.sqlite.path", "elsewhere.sqlite");

        Eventually.True(() => File.Exists(Path.Combine(_program.Base, "elsewhere.sqlite")), between: () => _program.Run("exec", "--", "true"));

        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void A_bad_value_is_refused_by_config_and_told_by_doctor()
    {
        var refused = _program.Run("config", "set", "sinks.sqlite.journal", "nonsense");
        Directory.CreateDirectory(_program.Base);
        File.WriteAllText(Path.Combine(_program.Base, "config.json"), """{"sinks":{"sqlite":{"enabled":"maybe"}}}""");

        var doctor = _program.Run("doctor");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("sinks.sqlite.enabled", doctor.Output + doctor.Error, StringComparison.OrdinalIgnoreCase);
    }

    private long Count(string name, string what) =>
        TelemetryProgram.Json(_program.Run("sinks", "--json")).Single(sink => sink.GetProperty("sink").GetString() == name).GetProperty(what).GetInt64();
}
