using Akka.Configuration;
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
        var (one, two) = (RunJournal.PluginsOf(Sys, "/one").Snapshots, RunJournal.PluginsOf(Sys, "/a \"second\" one").Snapshots);

        Assert.Equal((one, two), (RunJournal.PluginsOf(Sys, "/one").Snapshots, RunJournal.PluginsOf(Sys, "/a \"second\" one").Snapshots));
        Assert.Equal(
            ("Data Source=/one/state/runs.sqlite", "Data Source=/a \"second\" one/state/runs.sqlite"),
            (Sys.Settings.Config.GetString(one + ".connection-string"), Sys.Settings.Config.GetString(two + ".connection-string")));
    }
}
