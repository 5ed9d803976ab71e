using System.CommandLine;
using TelemetryActors.Cli.Runs;

namespace TelemetryActors.Cli.Show;

/// <summary><c>telemetry show</c>: the newest events of the log, oldest first.</summary>
internal static class ShowCommand
{
    private const int DefaultLast = 50;

    public static Command Create()
    {
        var show = new Command("show", "Show events of the log.");
        var filter = new FilterOptions(show);
        var last = CommonOptions.Last(DefaultLast);
        var json = CommonOptions.Json();
        show.Options.Add(last);
        show.Options.Add(json);
        show.SetAction(parsed =>
        {
            using var lookup = RunLookup.Of(parsed);
            using var printer = new EventPrinter(parsed.GetValue(json));
            printer.Print(lookup.Events(filter.Read(parsed), parsed.GetValue(last)));
            return ExitCode.Done;
        });
        return show;
    }
}
