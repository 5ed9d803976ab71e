using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Show;

/// <summary>The event log of the base directory that a command line names, with what dead writers left brought to it.</summary>
internal sealed record OpenLog(BaseFolder Base, LogSnapshot Snapshot)
{
    private const string Agent = "telemetry";

    public static OpenLog Of(ParseResult parsed)
    {
        var folder = CommonOptions.FindBase(parsed);
        DeadWriters.TakeOver(new TelemetryOptions { Agent = Agent, Preset = TelemetryPreset.Small, BaseDirectory = folder.Path });
        return new OpenLog(folder, LogSnapshot.Take(DiskFileSystem.Instance, folder.Path));
    }

    public EventLogBrowser Browser() => new(DiskFileSystem.Instance, Snapshot);

    /// <summary>Says how many lines were no events, if any, where it disturbs nobody who reads the output.</summary>
    public static void TellGarbage(EventLogBrowser browser)
    {
        if (browser.GarbageLines > 0)
        {
            Console.Error.WriteLine($"telemetry: {browser.GarbageLines} lines of the log are no events and were passed over");
        }
    }
}
