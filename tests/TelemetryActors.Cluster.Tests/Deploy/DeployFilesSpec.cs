using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Settings;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Deploy;

public sealed partial class DeployFilesSpec
{
    private static readonly string Folder = Path.Combine(Root(), "deploy");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order()];

    [FactNeeding("bash")]
    [Trait("Feature", "SK.2")]
    public void Scripts_are_what_bash_reads()
    {
        var scripts = Directory.GetFiles(Folder, "*.sh", SearchOption.AllDirectories);

        Assert.NotEmpty(scripts);
        Assert.All(scripts, script => Assert.Equal((0, ""), Command.Try("bash", "-n", script)));
    }

    [FactNeeding("systemd-analyze")]
    [Trait("Feature", "SK.2")]
    public void The_unit_is_what_systemd_reads()
    {
        var (_, output) = Command.Try("systemd-analyze", "verify", "--man=no", Path.Combine(Folder, "systemd", "telemetry-node.service"));

        Assert.DoesNotContain("telemetry-node.service:", output.Replace("dotnet is not executable", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [FactNeeding("python3")]
    [Trait("Feature", "SK.2")]
    public void Manifests_are_yaml()
    {
        var manifests = Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories);
        if (Command.Try("python3", "-c", "import yaml").Code != 0)
        {
            Assert.All(manifests, manifest => Assert.DoesNotContain('\t', File.ReadAllText(manifest)));
            return;
        }

        Assert.NotEmpty(manifests);
        Assert.All(manifests, manifest => Assert.Equal((0, ""), Command.Try("python3", "-c", "import sys,yaml; list(yaml.safe_load_all(open(sys.argv[1])))", manifest)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    [Trait("Feature", "SK.8")]
    public void Every_setting_that_is_named_is_one(string file)
    {
        var named = Settings().Matches(File.ReadAllText(Path.Combine(Folder, file)))
            .Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal))
            .Distinct()
            .Select(setting => KeyValuePair.Create(setting, (string?)ValueFor(setting)));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(named).Build();
        var reader = new NodeSettingsReader(configuration);

        reader.Read();

        Assert.DoesNotContain(reader.Faults, fault => fault.EndsWith("is no setting of a node", StringComparison.Ordinal));
        Assert.DoesNotContain(new NodeTelemetry(configuration).Faults, fault => fault.Contains("no setting", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void The_sample_settings_are_those_of_a_node_of_a_cluster()
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(Folder, "systemd", "appsettings.json"))
            .AddInMemoryCollection([KeyValuePair.Create("Cluster:Journal:ConnectionString", (string?)"Host=db;Database=telemetry")])
            .Build();
        var reader = new NodeSettingsReader(configuration);

        var settings = reader.Read();

        Assert.Empty(reader.Faults.Concat(new NodeTelemetry(configuration).Faults));
        Assert.Contains(settings.Self, settings.Seeds);
    }

    // Something that the setting allows: only its name is looked at.
    private static string ValueFor(string setting) => setting switch
    {
        _ when setting.EndsWith("Port", StringComparison.Ordinal) => "4053",
        _ when setting.EndsWith("RunLease", StringComparison.Ordinal) => "20s",
        _ => "x",
    };

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "TelemetryActors.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }

    [GeneratedRegex(@"\b(Cluster|TelemetryActors)(__|:)[A-Za-z]+((__|:)[A-Za-z]+)*(?==|:| |\b)")]
    private static partial Regex Settings();
}
