using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>One writer slot's log as its files hold it: where its stream ends, and which stretches it consists of.</summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="State">What the slot remembers of its log; null when it is missing or damaged.</param>
/// <param name="Files">The log as the anchors say it.</param>
internal sealed record SlotLog(LogFolder Folder, LogState? State, RecoveredLog Files)
{
    public int Slot => Folder.Slot;

    public Cursor End => Files.End with { Stream = Files.Stream };

    /// <summary>What the slot's ring holds behind the files; null when it has none, or none that can be looked at.</summary>
    public SlotRing? Ring { get; init; }

    /// <summary>The same as a stretch, as the next start or its living writer will begin one in a file; null when there is nothing.</summary>
    public LogStretch? InRing => Ring?.Rest is { } rest && (rest.Events > 0 || rest.Gone > 0)
        ? new LogStretch(Ring.Path ?? "", RingHeader.Bytes, rest.From, rest.Bytes, rest.Events, rest.Gap(State?.UntoldGap))
        : null;

    /// <summary>Why what was kept of the log is not known; null when it is, or nothing was kept.</summary>
    public string? StateFault { get; init; }

    /// <summary>Where lines of the files are no events; empty while nobody has read all of them (<see cref="LogAudit"/>).</summary>
    public IReadOnlyList<LogDamage> Damage { get; init; } = [];

    /// <summary>Behind the newest event that was accepted, as far as anybody knows.</summary>
    public Cursor Tail => InRing is { } left ? left.End : End;

    /// <summary>Positions before it that neither a file nor the ring holds; null when there are none.</summary>
    public IReadOnlyList<PositionGap>? Gaps => Files.Index.Gaps(InRing?.Start.Position ?? 0);

    /// <summary>Events that failed fsyncs have left in doubt.</summary>
    public long InDoubt => Math.Max(State?.InDoubt ?? 0, Ring?.Rest?.InDoubt ?? 0);

    /// <summary>Events that the stream is known to have, whether the files hold them or not.</summary>
    public long LastOrdinal => State is { } state && state.Stream == Files.Stream ? Math.Max(state.End.Ordinal, End.Ordinal) : End.Ordinal;

    /// <summary>The logs of all slots that have files or a state.</summary>
    public static IReadOnlyList<SlotLog> All(IFileSystem files, string baseDirectory, string? fixedFile = null)
    {
        var any = new LogFolder(files, baseDirectory, fixedFile, slot: 1);
        return [.. any.AllSlots().Union(any.AllStates()).Order().Select(slot => Read(new LogFolder(files, baseDirectory, fixedFile, slot)))];
    }

    /// <summary>The log of one slot, whether it has files or not.</summary>
    public static SlotLog Read(LogFolder folder)
    {
        LogState? state = null;
        string? fault = null;
        try
        {
            state = LogRecovery.ReadState(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The files say by themselves what they hold.
            fault = $"{folder.StateFile} cannot be read: {exception.Message}";
        }

        return new SlotLog(folder, state, LogRecovery.Recover(folder, state)) { StateFault = fault };
    }
}
