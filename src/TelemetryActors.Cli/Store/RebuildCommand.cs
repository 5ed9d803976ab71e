using System.CommandLine;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Show;
using TelemetryActors.Engine;
using TelemetryActors.Sqlite;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Store;

/// <summary><c>telemetry rebuild</c>: the store again, from the log.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var events = new Option<bool>("--events") { Description = "Store events besides runs. Default: as the settings say, or as the store had it." };
        var logOnly = new Option<bool>("--log-only") { Description = "Drop runs and events that the log does not hold any more." };
        var drop = new Option<bool>("--drop-others") { Description = "Drop tables, views and triggers in the store's file that are not the store's." };
        var rebuild = new Command("rebuild", "Build the SQLite store again from the log.") { events, logOnly, drop };
        rebuild.SetAction(parsed =>
        {
            var log = OpenLog.Of(parsed);
            var file = StoreSettings.FileOf(log.Base);
            if (file.IsMemory)
            {
                throw new CommandException("The settings keep the store in memory: there is no file to build.", ExitCode.Usage);
            }

            using var owned = SinkHold.TryTake(DiskFileSystem.Instance, log.Base.Path, SqliteKit.SinkName)
                ?? throw new CommandException(WriteFault.Of(log.Base.SinkStates) ?? "Another process writes the store now: end it first, then rebuild.", ExitCode.Failed);
            if (!parsed.GetValue(drop) && Others(file) is { Count: > 0 } others)
            {
                throw new CommandException(
                    $"{file.Path} holds what is not the store's and would be gone: {string.Join(", ", others)}. Move it to a file of its own, or say --drop-others.", ExitCode.Failed);
            }

            file = file with { Events = parsed.GetValue(events) || file.Events || HadEvents(file) };
            var result = new StoreRebuild(file, log.Base.Path, DiskFileSystem.Instance, TimeProvider.System) { LogFile = log.FixedFile, KeepsOlder = !parsed.GetValue(logOnly) }
                .Run(StandardError.Tell);
            new RebuiltState(DiskFileSystem.Instance, log.Base.Path, log.FixedFile, TimeProvider.System).Keep(result, StandardError.Tell);
            StandardOutput.WriteLine($"{file.Path}: {result.Events} events of the log{(file.Events ? "" : ", runs alone")}; {result.KeptRuns} runs that only the old store had");
            if (result.Refused.Count > 0)
            {
                StandardError.Tell($"{result.Refused.Count} lines of the log are no events and were passed over");
            }

            return ExitCode.Done;
        });
        return rebuild;
    }

    private static IReadOnlyList<string> Others(StoreFile file)
    {
        if (!File.Exists(file.Path))
        {
            return [];
        }

        try
        {
            OlderRows.Check(file);
            return OlderRows.Others(file);
        }
        catch (Exception exception) when (exception is StoreRefusedException or SqliteFault)
        {
            // Whether that ends the rebuild is decided where the file is taken over.
            return [];
        }
    }

    private static bool HadEvents(StoreFile file)
    {
        try
        {
            using var store = File.Exists(file.Path) ? SqliteRunStore.Open(file.Path) : null;
            return store?.Accounts().Any(stored => stored.EventsFrom is not null) ?? false;
        }
        catch (Exception exception) when (exception is StoreRefusedException or SqliteFault { IsDamage: true })
        {
            // Whether that ends the rebuild is decided where the file is taken over.
            return false;
        }
    }
}
