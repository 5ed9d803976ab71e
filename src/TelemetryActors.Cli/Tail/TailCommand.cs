using System.CommandLine;
using System.Runtime.InteropServices;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Show;

namespace TelemetryActors.Cli.Tail;

/// <summary><c>telemetry tail</c>: the newest events, and with <c>-f</c> those that come, until it is interrupted.</summary>
internal static class TailCommand
{
    private const int DefaultLast = 10;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with the events that come, until interrupted." };
        var last = CommonOptions.Last(DefaultLast);
        var json = CommonOptions.Json();
        var tail = new Command("tail", "Show the newest events, and follow.") { follow, last, json };
        var filter = new FilterOptions(tail);
        tail.SetAction(async (parsed, _) =>
        {
            var log = OpenLog.Of(parsed);
            var wanted = filter.Read(parsed);
            using var printer = new EventPrinter(parsed.GetValue(json));
            printer.Print(log.Browser().Last(wanted, parsed.GetValue(last)));
            if (parsed.GetValue(follow))
            {
                await FollowAsync(log.Follower(), wanted, printer);
            }

            return ExitCode.Done;
        });
        return tail;
    }

    private static async Task FollowAsync(LogFollower follower, EventFilter filter, EventPrinter printer)
    {
        using var ended = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var timer = new PeriodicTimer(LookInterval);
        try
        {
            do
            {
                printer.Print(follower.Look(filter));
            }
            while (await timer.WaitForNextTickAsync(ended.Token));
        }
        catch (OperationCanceledException)
        {
            // The wish to end is how following ends.
        }

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ended.Cancel();
        }
    }
}
