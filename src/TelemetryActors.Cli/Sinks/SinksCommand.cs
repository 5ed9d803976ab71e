using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Store;
using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Cli.Sinks;

/// <summary><c>telemetry sinks</c>: how every sink stands, and what operators can ask of one.</summary>
internal static class SinksCommand
{
    // A look at every line takes as long as the log is large: that is doctor's.
    private const string WhatIsCounted = "counted from states and anchors; lines of the log that were damaged since are found and counted by: telemetry doctor";

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var sinks = new Command("sinks", """
            Show every sink - circuit, call under way, backlog, what became of the events, last cause - or ask something of one.
              held: nothing may go to it, for want of consent, by DO_NOT_TRACK, or as enabled is false. misconfigured: it is refused until someone mends that.
              broken: what it keeps cannot be opened or read, so nothing goes to it; CAUSE says why. Tried again every heartbeat of a program that has it.
              off: the settings switch it off. new: the settings ask for it, and it has not run yet.
              waits: nothing goes before UNTIL, because the destination asked for that or an attempt has failed. hangs: a call is over its time.
            """) { json };
        sinks.SetAction(parsed => List(parsed, parsed.GetValue(json)));
        sinks.Subcommands.Add(Operate(SinkCommandKind.Reset, "Close the circuit and try again what was refused."));
        sinks.Subcommands.Add(Operate(SinkCommandKind.Probe, "End the open time: the next batch is the probe."));
        sinks.Subcommands.Add(Operate(SinkCommandKind.Pause, "Begin no more batches. Not for the event log."));
        sinks.Subcommands.Add(Operate(SinkCommandKind.Resume, "Go on."));
        sinks.Subcommands.Add(DrainCommand.Create());
        return sinks;
    }

    private static int List(ParseResult parsed, bool asJson)
    {
        var start = BaseSettings.FindToRead(parsed);
        var path = start.Folder.Path;
        List<string> faults = [];
        var worked = new SinkBrowser(DiskFileSystem.Instance, path, StoreAccounts.Of(start.Folder, faults)).All(Logs(start), faults);
        var off = ConfiguredSinks.Off(start);
        List<SinkOverview> found =
        [
            .. worked.Select(sink => off.TryGetValue(sink.Name, out var why) ? sink with { WhyOff = why } : sink),
            .. ConfiguredSinks.Names(start).Where(name => worked.All(sink => sink.Name != name))
                .Select(name => new SinkOverview(name, CircuitRecord.Closed, IsPaused: false, []) { HasNotRun = true }),
        ];
        if (OffSwitch.Why(start.Resolved) is { } held)
        {
            found = [.. found.Select(sink => sink.Name == LocalPipeline.EventLogName ? sink : sink with { WhyHeld = held })];
        }

        var now = TimeProvider.System.GetUtcNow();
        if (asJson)
        {
            using var output = new JsonOutput();
            foreach (var sink in found)
            {
                output.Write(json => SinkJson.Write(json, sink, now));
            }
        }
        else
        {
            WriteListing(found, now);
            using var end = StandardOutput.OpenText();
            end.WriteLine(WhatIsCounted);
        }

        faults.ForEach(StandardError.Tell);
        return faults.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    // What a dead writer left in its ring waits for every sink, too.
    private static IReadOnlyList<SlotLog> Logs(StartSettings start)
    {
        var files = DiskFileSystem.Instance;
        var logs = SlotLog.All(files, start.Folder.Path, start.Options.Log.File);
        var rings = new SlotRings(files, start.Folder, RingPlacement.Find(start.Folder.State), start.Options.Log.File);
        return rings.Joined(logs, rings.All(logs));
    }

    private static void WriteListing(IEnumerable<SinkOverview> sinks, DateTimeOffset now)
    {
        var listing = new Listing("SINK", "CIRCUIT", "CALL", "BACKLOG", "DELIVERED", "DROPPED", "DEAD", "UNTIL", "CAUSE");
        foreach (var sink in sinks)
        {
            var isKnown = sink.Accounts.Count > 0;
            listing.Add(
                sink.Name,
                sink.State,
                CallText(sink.Call, now),
                isKnown ? $"{sink.Pending} ({sink.PendingBytes} bytes)" : "-",
                isKnown ? Texts.Of(sink.Delivered) : "-",
                isKnown && sink.Dropped.Total > 0 ? sink.Dropped.ToString() : isKnown ? "0" : "-",
                isKnown ? Texts.Of(sink.DeadLettered) : "-",
                Texts.Of(sink.IsWaiting ? sink.Wait : sink.OpenUntil),
                sink.Cause ?? "-");
        }

        listing.Write();
    }

    // What the event log's writer is asked is not kept for a later one: each begins anew.
    private static void CheckThatItIsHeard(BaseFolder folder, string sink, string what)
    {
        if (sink == LocalPipeline.EventLogName && !SlotOwner.All(folder, DiskFileSystem.Instance).Any(owner => owner.IsLiving))
        {
            throw new CommandException(
                $"No living process writes the event log of {folder.Path}: there is nothing to {what}. The next one begins with a closed circuit.", ExitCode.Failed);
        }
    }

    private static string CallText(CallUnderWay? call, DateTimeOffset now) =>
        call is null ? "-" : $"{(call.Hangs(now) ? "hangs" : "delivering")} since {Texts.Of(call.Since)}";

    private static Command Operate(SinkCommandKind kind, string description)
    {
        var name = new Argument<string>("NAME") { Description = "The sink." };
        var why = new Option<string?>("--why") { Description = "Kept with the command as the audit trail.", HelpName = "TEXT" };
        var command = new Command(kind.ToString().ToLowerInvariant(), description) { name, why };
        command.SetAction(parsed =>
        {
            var start = BaseSettings.FindToRead(parsed);
            var folder = start.Folder;
            var sink = parsed.GetRequiredValue(name);
            if (sink == LocalPipeline.EventLogName && kind is (SinkCommandKind.Pause or SinkCommandKind.Resume))
            {
                throw new CommandException($"{sink} is the event log: it cannot be paused, because recording and all other sinks live on it.", ExitCode.Usage);
            }

            OperatorRequest.CheckName(start, sink);
            CheckThatItIsHeard(folder, sink, command.Name);
            OperatorRequest.Send(start, sink, new SinkCommand(kind, OperatorRequest.Who, TimeProvider.System.GetUtcNow(), parsed.GetValue(why)), command.Name);
            return ExitCode.Done;
        });
        return command;
    }
}
