using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Exec;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Show;

namespace TelemetryActors.Cli.Tail;

/// <summary><c>telemetry tail</c>: the newest events, and with <c>-f</c> those that come, until it is interrupted.</summary>
internal static class TailCommand
{
    private const int DefaultLast = 10;
    private const int StandardOutput = 1;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with the events that come, until interrupted." };
        var last = CommonOptions.Last(DefaultLast);
        var json = CommonOptions.Json();
        var tail = new Command("tail", "Show the newest events, and follow with -f, also before anything is recorded.") { follow, last, json };
        var filter = new FilterOptions(tail);
        tail.SetAction(async (parsed, _) =>
        {
            var wanted = filter.Read(parsed);
            using var printer = new EventPrinter(parsed.GetValue(json));
            if (parsed.GetValue(follow))
            {
                await FollowAsync(parsed, wanted, parsed.GetValue(last), printer);
            }
            else
            {
                var log = OpenLog.Of(parsed);
                log.TellIfEmpty();
                Print(log, wanted, parsed.GetValue(last), printer);
            }

            return ExitCode.Done;
        });
        return tail;
    }

    private static void Print(OpenLog log, EventFilter filter, int last, EventPrinter printer)
    {
        var browser = log.Browser();
        printer.Print(browser.Last(filter, last));
        OpenLog.TellGarbage(browser);
    }

    private static async Task FollowAsync(ParseResult parsed, EventFilter filter, int last, EventPrinter printer)
    {
        using var ended = new EndSignals();
        using var timer = new PeriodicTimer(LookInterval);
        try
        {
            await WaitForBaseAsync(parsed, timer, ended.Token);
            var log = OpenLog.Of(parsed);
            Print(log, filter, last, printer);
            var follower = log.Follower();
            do
            {
                printer.Print(follower.Look(filter));
            }
            while (!IsUnread() && await timer.WaitForNextTickAsync(ended.Token));
        }
        catch (OperationCanceledException)
        {
            // The wish to end is how following ends.
        }
    }

    // Who reads us may have seen enough long before the next event.
    private static bool IsUnread() => !OperatingSystem.IsWindows() && LibC.IsClosed(StandardOutput);

    // Who follows may have come before the first program that records. Settings are asked again then: they lie in the directory.
    private static async Task WaitForBaseAsync(ParseResult parsed, PeriodicTimer timer, CancellationToken ended)
    {
        var folder = BaseSettings.FindSound(parsed).Folder;
        if (Directory.Exists(folder.Path) || File.Exists(folder.Path))
        {
            return;
        }

        StandardError.Tell($"nothing is recorded yet: waiting for the base directory {folder.Path} ({folder.Reason})");
        do
        {
            await timer.WaitForNextTickAsync(ended);
        }
        while (!Directory.Exists(folder.Path));
    }
}
