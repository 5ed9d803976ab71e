using TelemetryActors.Browsing;
using TelemetryActors.Cli.Output;
using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Engine;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Cli.Sinks;

/// <summary>Asks something of a sink's supervisor: one line in its command file, for a living process and for the next start alike.</summary>
internal static class OperatorRequest
{
    /// <summary>Who asks: the user and the machine.</summary>
    public static string Who => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>A sink must have worked in the base directory, or its settings must ask for it.</summary>
    public static void CheckName(StartSettings start, string sink)
    {
        var folder = start.Folder;
        IReadOnlyList<string> known = new SinkBrowser(DiskFileSystem.Instance, folder.Path).Names();
        if (!known.Contains(sink))
        {
            if (ConfiguredSinks.Names(start) is var configured && configured.Contains(sink))
            {
                return;
            }

            known = [.. known, .. configured.Except(known)];
            throw new CommandException($"There is no sink '{sink}' in {folder.Path}. Known: {string.Join(", ", known)}.", ExitCode.Usage);
        }
    }

    public static void Send(StartSettings start, string sink, SinkCommand command, string what)
    {
        var folder = start.Folder;
        var commands = new SinkCommandFile(DiskFileSystem.Instance, folder.Path, sink);
        Begin(folder, sink, commands);
        commands.Append(new AuditText(start.Options.Redaction).Of(command));
        var isEventLog = sink == LocalPipeline.EventLogName;
        var otherwise = isEventLog ? "" : ", or at its next start,";
        var next = isEventLog ? ""
            : OffSwitch.Why(start.Resolved) is { } off ? $"; telemetry is off here ({off}): with that it gets nothing"
            : ConfiguredSinks.Names(start).Contains(sink) ? $"; 'telemetry sinks drain {sink}' starts it now" : "; where nothing runs it now, the program that has this sink carries it out when it runs next";
        StandardError.Tell($"asked {sink} to {what}; its supervisor does so within a second{otherwise} and the event sink_commanded tells{next}");
    }

    // A sink that has not run yet keeps what it is asked for its first start. Its state is its owner's to write: who owns it now has begun, and makes the file.
    private static void Begin(BaseFolder folder, string sink, SinkCommandFile commands)
    {
        var files = DiskFileSystem.Instance;
        if (new SinkBrowser(files, folder.Path).Names().Contains(sink))
        {
            return;
        }

        using var owned = SinkHold.TryTake(files, folder.Path, sink);
        if (owned is not null)
        {
            new SinkStateFile(files, folder.Path, sink).Begin(commands);
        }
    }
}
