using Microsoft.Extensions.Configuration;
using TelemetryActors.ClusterNode.Settings;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Settings;

public sealed class NodeSettingsSpec
{
    private const string Database = "Host=db;Database=runs;Username=u;Password=secret";

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_node_without_seeds_is_alone_and_keeps_its_journal_in_a_file()
    {
        var settings = Read(out var faults);

        Assert.Empty(faults);
        Assert.True(settings.IsAlone);
        Assert.Equal((JournalProvider.Sqlite, null), (settings.Provider, settings.ConnectionString));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_node_of_a_cluster_is_told_its_seeds_and_a_database()
    {
        var settings = Read(out var faults, ("Cluster:Seeds", "a:1, b"), ("Cluster:Journal:ConnectionString", Database), ("Cluster:Port", "5000"), ("Cluster:HostName", "a"));

        Assert.Empty(faults);
        Assert.Equal(["akka.tcp://telemetry@a:1", "akka.tcp://telemetry@b:4053"], settings.Seeds.Select(seed => seed.ToString()));
        Assert.Equal("akka.tcp://telemetry@a:5000", settings.Self.ToString());
    }

    [Fact]
    public void Seeds_may_be_a_list()
    {
        var settings = Read(out _, ("Cluster:Seeds:0", "a:1"), ("Cluster:Seeds:1", "b:1"), ("Cluster:Journal:ConnectionString", Database));

        Assert.Equal(2, settings.Seeds.Count);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_journal_on_one_nodes_disk_is_refused_in_a_cluster()
    {
        Read(out var faults, ("Cluster:Seeds", "a:1"), ("Cluster:Journal:Provider", "sqlite"), ("Cluster:Journal:ConnectionString", "Data Source=x"));

        Assert.StartsWith("Cluster:Journal:Provider is Sqlite, a journal on one node's disk", Assert.Single(faults));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_cluster_without_a_connection_string_is_refused()
    {
        Read(out var faults, ("Cluster:Seeds", "a:1"));

        Assert.StartsWith("Cluster:Journal:ConnectionString is missing", Assert.Single(faults));
    }

    [Theory]
    [InlineData("Password=secret;Databaze=x")]
    [InlineData("secret")]
    [InlineData("Port=secret;Host=db")]
    public void What_is_wrong_with_a_connection_string_is_said_without_it(string text)
    {
        Read(out var faults, ("Cluster:Seeds", "a:1"), ("Cluster:Journal:ConnectionString", text));

        Assert.DoesNotContain("secret", Assert.Single(faults));
    }

    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        Read(
            out var faults,
            ("Cluster:Port", "0"), ("Cluster:HostName", "a b"), ("Cluster:Seeds", "x:y"), ("Cluster:Journal:Provider", "oracle"), ("Cluster:Journal:ConnectionString", Database),
            ("Cluster:ReportInterval", "often"), ("Cluster:EngineSettings", "/nowhere.conf"), ("Cluster:Sedes", "a"));

        Assert.Equal(
            ["Cluster:Port", "Cluster:Journal:Provider", "Cluster:ReportInterval", "Cluster:Sedes", "Cluster:Seeds", "Cluster:HostName", "Cluster:EngineSettings"],
            faults.Select(fault => fault.Split(' ')[0]));
    }

    [Theory]
    [InlineData(Database, 20)]
    [InlineData(Database + ";Maximum Pool Size=100", 100)]
    [InlineData(Database + ";MaxPoolSize=7", 7)]
    public void A_node_leaves_connections_to_others_unless_it_is_told_how_many(string text, int connections)
    {
        var settings = Read(out _, ("Cluster:Seeds", "a:1"), ("Cluster:Journal:ConnectionString", text));

        Assert.Equal(connections, new Npgsql.NpgsqlConnectionStringBuilder(settings.ConnectionString).MaxPoolSize);
    }

    private static NodeSettings Read(out IReadOnlyList<string> faults, params (string Key, string Value)[] values)
    {
        var reader = new NodeSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(entry => entry.Key, entry => (string?)entry.Value)).Build());
        var settings = reader.Read();
        faults = reader.Faults;
        return settings;
    }
}
