using TelemetryActors.Configuration;
using Xunit;

namespace TelemetryActors.Cli.Config;

public sealed class SettingsPageSpec
{
    [Fact]
    public void The_page_of_settings_has_a_row_for_each_with_what_it_takes_and_its_default()
    {
        var options = new TelemetryOptions().WithSinkKits();
        var wanted = SettingTable.Of(options).All.Select(setting => $"| `{setting.Path}` | {setting.TypeName} | {setting.Read(options) ?? "-"} |");

        var rows = File.ReadLines(PageOf("settings.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => string.Join('|', line.Split('|').Take(4)) + "|");

        Assert.Equal(wanted, rows);
    }

    private static string PageOf(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "TelemetryActors.sln")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory.FullName, "docs", name);
    }
}
