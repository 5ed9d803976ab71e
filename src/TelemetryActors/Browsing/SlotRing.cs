using TelemetryActors.Pipeline;
using TelemetryActors.Slots;

namespace TelemetryActors.Browsing;

/// <summary>The ring of a writer slot, and what it holds that the log does not have yet.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Path">The ring's file, there or not; null when it has none.</param>
/// <param name="Condition">How it was found.</param>
/// <param name="LogEnd">Behind the newest event that the slot's log is known to have.</param>
internal sealed record SlotRing(int Slot, string? Path, RingCondition Condition, Cursor LogEnd)
{
    /// <summary>Its events that the log does not have; null when they cannot be counted, and when it is lost.</summary>
    public RingRest? Rest { get; init; }

    /// <summary>The slot's log as it was read behind a living writer's ring; null when what was read before goes.</summary>
    public SlotLog? Log { get; init; }

    /// <summary>What is to be said of where it is; null when that is where it should be.</summary>
    public string? Why { get; init; }

    /// <summary>Events behind the log's end that a sink has counted: they were accepted, and stood in this ring.</summary>
    public long CountedBySinks { get; init; }

    /// <summary>Events of a stranded ring that no file of the log has.</summary>
    public long OnlyHere { get; init; }

    /// <summary>How much it can hold, in bytes; null when nobody knows.</summary>
    public long? MostBytes { get; init; }

    /// <summary>How it stands, in words.</summary>
    public string Text => (Path ?? "in plain memory") + Holding + (Why is null ? "" : $" ({Why})");

    /// <summary>What may be missing with it, or is in it alone; null unless it is lost or stranded.</summary>
    /// <remarks>No state says what a ring held when it went, only where the log ended and how large the ring was: nothing else is said.</remarks>
    public string? Fault => Condition == RingCondition.Stranded ? StrandedFault
        : Condition != RingCondition.Lost ? null
        : $"slot {Slot}: its writer did not end in order, and its ring {(Path is null ? "" : Path + " ")}is lost: {Why}. Accepted events behind position {LogEnd.Position}, "
            + $"ordinal {LogEnd.Ordinal}, may be missing: {Most}{Least}";

    /// <summary>Who will write down what is gone before its rest.</summary>
    public string NextWriter => Condition == RingCondition.InUse ? "its writer, once the disk takes it," : "the next start";

    /// <summary>What it keeps from here; null when nothing.</summary>
    public string? Note => Condition == RingCondition.OutOfReach ? $"slot {Slot}: its ring {Path} cannot be looked at: {Why}" : null;

    private string Holding => Condition switch
    {
        RingCondition.InUse => Rest is { } rest ? $": {Count(rest)} on their way to the log" : ": events on their way to the log",
        RingCondition.InMemory => ": what the log does not have yet dies with its process",
        RingCondition.Stranded => OnlyHere > 0 ? $": {OnlyHere} events that the log does not have, and its slot went on without it; the next start here brings them" : ": nothing that the log does not have; the next start here removes it",
        RingCondition.Left => Rest is { Events: > 0 } rest ? $": {Count(rest)} that the log does not have yet; the next start brings them" : ": nothing that the log does not have",
        _ => "",
    };

    private string? StrandedFault => OnlyHere == 0 ? null
        : $"slot {Slot}: the ring {Path} of a dead writer holds {OnlyHere} events that the log does not have: another writer went on without it, and could not see it. The next start in this place brings them";

    private string Most => MostBytes is { } bytes ? $"it held {bytes} bytes at most" : "how many is not known";

    private string Least => CountedBySinks > 0 ? $", and {CountedBySinks} events of it at least, which a sink had counted" : "";

    private static string Count(RingRest rest) => $"{rest.Events} events ({rest.Bytes} bytes)";
}
