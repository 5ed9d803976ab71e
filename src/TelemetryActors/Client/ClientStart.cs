using System.Numerics;
using TelemetryActors.Configuration;
using TelemetryActors.Encoding;
using TelemetryActors.Privacy;
using TelemetryActors.Ring;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>Puts a client together.</summary>
internal static class ClientStart
{
    private const int KiB = 1024;

    public static TelemetryClient Start(TelemetryOptions code)
    {
        ArgumentNullException.ThrowIfNull(code);
        ThrowIfAny(TelemetryOptionsFaults.Of(code));
        var start = StartSettings.Find(code);
        var options = start.Options;
        TellOrThrow(start);
        var ringBytes = RingBytes(options);
        var settings = Settings(options, start.Folder, ringBytes) with { IsUntracked = UploadConsent.DoNotTrack(start.Variables) };
        var arrival = new SlotArrival(settings);
        var slot = OpenSlot(options, settings, arrival, start.BudgetLeft);
        var redactor = options.Redaction.Enabled ? new Redactor(options.Redaction) : null;
        var encoder = new EventEncoder(redactor, (int)Math.Min(EventEncoder.LongestLineBytes, ringBytes / 8), new NameAdvice(options.OnFailure).Look);
        Redact(options, encoder);
        var writer = new EventWriter(encoder, slot.Ring, options.Time, failure => FailureListener.Tell(options.OnFailure, failure))
        {
            Admission = ClientSettings.AdmissionOf(options, OffSwitch.Why(start.Resolved)),
            OnRunLine = options.OnRunLine,
        };
        var runs = new RunRegistry();
        var consent = new ConsentStore(options.Files, start.Folder.Path, options.Time, new SlotTails(options.Files, start.Folder.Path, options.Log.File, settings.Placement), options.Redaction);
        var pipeline = LocalPipeline.Start(options, settings, slot, arrival, writer, runs, new UploadConsent(consent, start.Variables));
        consent.Changed = pipeline.LookAtConsent;
        var running = new ClientSettings(start.Resolved, start.Watch, writer, pipeline.SetBatching);
        pipeline.FollowSettings = running.Follow;
        return new TelemetryClient(options, writer, runs, pipeline, running, consent);
    }

    public static long RingBytes(TelemetryOptions options) => (long)BitOperations.RoundUpToPowerOf2((ulong)(options.RingBytes ?? options.Preset switch
    {
        TelemetryPreset.Small => 1024 * KiB,
        TelemetryPreset.Collector => 64 * 1024 * KiB,
        _ => 8 * 1024 * KiB,
    }));

    // Texts of the options that stand in every event or report: they are redacted as what is recorded.
    private static void Redact(TelemetryOptions options, EventEncoder encoder)
    {
        options.Agent = encoder.Clean(options.Agent);
        options.Community.AppName = encoder.Clean(options.Community.AppName);
        options.Community.AppVersion = encoder.Clean(options.Community.AppVersion);
    }

    private static void TellOrThrow(StartSettings start)
    {
        if (start.Options.RejectBadSettings)
        {
            ThrowIfAny(start.Resolved.Faults);
        }

        foreach (var fault in start.Resolved.Faults)
        {
            FailureListener.Tell(start.Options.OnFailure, new TelemetryFailure("settings", fault));
        }
    }

    private static void ThrowIfAny(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("\n", faults));
        }
    }

    private static SlotSettings Settings(TelemetryOptions options, BaseFolder folder, long ringBytes) =>
        new(folder, options.Files, options.Time, options.Log, RingPlacement.Find(folder.State), ringBytes, options.MaxWait);

    // Where there is no place for a ring at all, `doctor` says so; this one was to be had when it was looked for.
    private static void TellPlainMemory(TelemetryOptions options, SlotSettings settings, WriterSlot slot)
    {
        if (slot is { HasLock: true, Ring.Path: null } && settings.Placement is { Directory: not null } placement)
        {
            FailureListener.Tell(options.OnFailure, new TelemetryFailure("ring", $"No ring of {settings.RingBytes} bytes could be made in {string.Join(" or ", placement.Choices)}: it is in plain memory, and what is not yet in the log dies with the process"));
        }
    }

    // A base directory that cannot be used, or does not answer, must not keep the host from starting: memory takes its place, aloud.
    private static WriterSlot OpenSlot(TelemetryOptions options, SlotSettings settings, SlotArrival arrival, TimeSpan limit)
    {
        void TellUnusable(Exception exception) => FailureListener.Tell(
            options.OnFailure, new TelemetryFailure("start", $"The base directory {settings.Base.Path} cannot be used: {exception.Message}", exception));

        try
        {
            if (arrival.WaitFor(limit, TellUnusable) is { } slot)
            {
                TellPlainMemory(options, settings, slot);
                return slot;
            }

            FailureListener.Tell(options.OnFailure, new TelemetryFailure("start", SlotArrival.Awaited(settings.Base)));
        }
        catch (Exception exception)
        {
            // Whatever it is that the disk holds or refuses, it is no reason to end a host.
            TellUnusable(exception);
        }

        return SlotOpening.OpenWithoutDisk(settings);
    }
}
