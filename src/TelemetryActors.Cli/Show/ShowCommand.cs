using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Runs;
using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Show;

/// <summary><c>telemetry show</c>: the newest events of the log, oldest first; or what an upload would send.</summary>
internal static class ShowCommand
{
    private const int DefaultLast = 50;

    public static Command Create()
    {
        var show = new Command("show", "Show events of the log, the newest at the end: telemetry show --since 10m --event run_end");
        var filter = new FilterOptions(show);
        var last = CommonOptions.Last(DefaultLast);
        var json = CommonOptions.Json();
        show.Options.Add(last);
        show.Options.Add(json);
        var wouldSend = WouldSend.Option();
        show.Options.Add(wouldSend);
        show.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(wouldSend) is { } sink)
            {
                return await WouldSend.PrintAsync(parsed, sink);
            }

            var events = Find(parsed, filter.Read(parsed), parsed.GetValue(last));
            using var printer = new EventPrinter(parsed.GetValue(json));
            printer.Print(events);
            return ExitCode.Done;
        });
        return show;
    }

    private static IReadOnlyList<EventLine> Find(ParseResult parsed, EventFilter filter, int last)
    {
        using var lookup = RunLookup.Of(parsed);
        return lookup.Events(filter, last);
    }
}
