using TelemetryActors.Configuration;
using TelemetryActors.Tests.House;
using Xunit;

namespace TelemetryActors.Cli.Config;

public sealed class SettingsPageSpec
{
    [Fact]
    public void The_page_of_settings_has_a_row_for_each_with_what_it_takes_and_its_default()
    {
        var options = new TelemetryOptions().WithSinkKits();
        var wanted = SettingTable.Of(options).All.Select(setting => $"| `{setting.Path}` | {setting.TypeName} | {setting.Read(options) ?? "-"} |");

        var rows = File.ReadLines(RepositoryRoot.File("docs", "settings.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => string.Join('|', line.Split('|').Take(4)) + "|");

        Assert.Equal(wanted, rows);
    }
}
