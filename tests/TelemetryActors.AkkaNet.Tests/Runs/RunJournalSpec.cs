using Akka.Configuration;
using Microsoft.Data.Sqlite;
using TelemetryActors.AkkaNet.Runs;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

public sealed class RunJournalSpec : Akka.TestKit.Xunit2.TestKit
{
    public RunJournalSpec()
        : base(ConfigurationFactory.ParseString("telemetryactors.journal { connection-string = \"Host=database\", provider-name = \"PostgreSQL.15\" }")
            .WithFallback(SpecSettings.Quiet)
            .WithFallback(EngineSettings.Reference))
    {
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_database_that_the_service_names_has_no_setting_of_the_file()
    {
        Assert.Equal((RunJournal.JournalPlugin, RunJournal.SnapshotPlugin), RunJournal.PluginsOf(Sys, "/one"));
        Assert.Equal(RunJournal.JournalPlugin, RunJournal.PluginsOf(Sys, "/two").Journal);

        var settings = Sys.Settings.Config.GetConfig(RunJournal.JournalPlugin);
        Assert.Equal(("Host=database", "PostgreSQL.15", false), (settings.GetString("connection-string"), settings.GetString("provider-name"), settings.HasPath("parallelism")));
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public void Each_base_directory_of_a_system_has_its_own_file()
    {
        const string Odd = "/a \"second\"; 'one'=";
        var (one, two) = (RunJournal.PluginsOf(Sys, "/one").Snapshots, RunJournal.PluginsOf(Sys, Odd).Snapshots);

        Assert.Equal((one, two), (RunJournal.PluginsOf(Sys, "/one").Snapshots, RunJournal.PluginsOf(Sys, Odd).Snapshots));
        Assert.Equal(("/one/state/runs.sqlite", Odd + "/state/runs.sqlite"), (FileOf(one), FileOf(two)));
    }

    private string FileOf(string plugin) => new SqliteConnectionStringBuilder(Sys.Settings.Config.GetString(plugin + ".connection-string")).DataSource;
}
