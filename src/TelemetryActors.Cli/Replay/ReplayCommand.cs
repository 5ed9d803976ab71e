using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Sinks;
using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Cli.Replay;

/// <summary><c>telemetry replay</c>: has a time's events delivered to a sink once more, beside what is new.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var name = new Option<string>("--sink") { Description = "The sink.", HelpName = "NAME", Required = true };
        var from = TimeOption.Create("--from", "From the first event of this time on:");
        var to = TimeOption.Create("--to", "Up to the first event of this time, which is not replayed; without it up to what the sink has had:");
        var cancel = new Option<bool>("--cancel") { Description = "Give up what is left of replays and retried dead letters instead." };
        var why = new Option<string?>("--why") { Description = "Kept with the command as the audit trail.", HelpName = "TEXT" };
        var replay = new Command("replay", "Deliver events of the log to a sink once more.") { name, from, to, cancel, why };
        replay.SetAction(parsed =>
        {
            var start = BaseSettings.FindToRead(parsed);
            var sink = parsed.GetRequiredValue(name);
            OperatorRequest.CheckName(start, sink);
            if (sink == LocalPipeline.EventLogName)
            {
                throw new CommandException("The event log is what replays are read from; name another sink.", ExitCode.Usage);
            }

            var now = TimeProvider.System.GetUtcNow();
            if (parsed.GetValue(cancel))
            {
                OperatorRequest.Send(start, sink, new SinkCommand(SinkCommandKind.Cancel, OperatorRequest.Who, now, parsed.GetValue(why)), "give up what it replays");
                return ExitCode.Done;
            }

            var begin = TimeOption.Read(parsed, from) ?? throw new CommandException("--from is missing: say from when on, or --cancel.", ExitCode.Usage);
            return Ask(start, sink, begin, TimeOption.Read(parsed, to), now, parsed.GetValue(why));
        });
        return replay;
    }

    private static int Ask(StartSettings start, string sink, DateTimeOffset from, DateTimeOffset? to, DateTimeOffset now, string? why)
    {
        if (to <= from)
        {
            throw new CommandException("--to must lie behind --from.", ExitCode.Usage);
        }

        var found = new ReplayFinder(DiskFileSystem.Instance, start.Folder.Path, TimeProvider.System, start.Options.Log.File).Find(from, to);
        var stretches = found.Select(finding => finding.Stretch).OfType<ReplayStretch>().ToList();
        if (stretches.Count == 0)
        {
            throw new CommandException($"The log has no events {Span(from, to)}; {WhatThereIs(found)}.", ExitCode.Failed);
        }

        // A slot's first event is no loss: only a stream whose beginning retention took away has lost something.
        foreach (var slot in found.Where(finding => finding.Oldest > from && finding.Stretch is { From.Ordinal: > 0 }))
        {
            StandardError.Tell($"slot {slot.Slot}: events before {Texts.Of(slot.Oldest)} are gone from the log; its replay begins there");
        }

        var command = new SinkCommand(SinkCommandKind.Replay, OperatorRequest.Who, now, why) { Replay = new ReplayRequest(new ReplayTime(from, to ?? now), stretches) };
        var events = found.Sum(finding => finding.Stretch is null ? 0 : finding.Events);
        OperatorRequest.Send(start, sink, command, $"deliver {events} events {Span(from, to)} once more, as far as it has had them");
        return ExitCode.Done;
    }

    private static string Span(DateTimeOffset from, DateTimeOffset? to) => to is null ? $"from {Texts.Of(from)} on" : $"from {Texts.Of(from)} to {Texts.Of(to)}";

    private static string WhatThereIs(IReadOnlyList<ReplayFinding> found) =>
        found.Min(finding => finding.Oldest) is { } oldest ? $"its oldest is of {Texts.Of(oldest)}" : "it has none at all";
}
