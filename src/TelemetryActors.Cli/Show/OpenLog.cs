using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Show;

/// <summary>The event log of the base directory that a command line names, with what dead writers left brought to it.</summary>
/// <param name="Base">The base directory.</param>
/// <param name="FixedFile">The one file that the settings name for the log; null for daily files.</param>
/// <param name="Snapshot">The log's files as they are now.</param>
internal sealed record OpenLog(BaseFolder Base, string? FixedFile, LogSnapshot Snapshot)
{
    private const string Agent = "telemetry";

    public static OpenLog Of(ParseResult parsed)
    {
        var start = BaseSettings.FindToRead(parsed);
        var (folder, fixedFile) = (start.Folder, start.Options.Log.File);
        DeadWriters.TakeOver(new TelemetryOptions { Agent = Agent, Preset = TelemetryPreset.Small, BaseDirectory = folder.Path });
        var snapshot = LogSnapshot.Take(DiskFileSystem.Instance, folder.Path, fixedFile);
        foreach (var unreadable in snapshot.Unreadable.UnionBy(new LogFilesLook(DiskFileSystem.Instance, folder.Path, fixedFile).Unreadable(), part => part.Path))
        {
            Tell(unreadable);
        }

        return new OpenLog(folder, fixedFile, snapshot);
    }

    /// <summary>What comes to the log from now on.</summary>
    public LogFollower Follower() => new(DiskFileSystem.Instance, Base.Path, Snapshot, FixedFile, Tell);

    /// <summary>Says so when nothing was ever recorded here, where it disturbs nobody who reads the output.</summary>
    public void TellIfEmpty()
    {
        if (Snapshot.Slots.Count == 0)
        {
            StandardError.Tell($"nothing is recorded yet in {FixedFile ?? Base.Path} ({Base.Reason})");
        }
    }

    public EventLogBrowser Browser() => new(DiskFileSystem.Instance, Snapshot);

    /// <summary>Says how many lines were no events, if any, where it disturbs nobody who reads the output.</summary>
    public static void TellGarbage(EventLogBrowser browser)
    {
        if (browser.GarbageLines > 0)
        {
            StandardError.Tell($"{browser.GarbageLines} lines of the log are no events and were passed over");
        }
    }

    private static void Tell(UnreadablePart unreadable) => StandardError.Tell($"{unreadable.ToString().TrimEnd('.')}; what it holds is passed over");
}
