using TelemetryActors.Cli.Output;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Cli.Sinks;

/// <summary>How far one sink is with what was there when a drain began.</summary>
/// <param name="sink">The sink as its supervisor sees it; null when it does not run at all.</param>
/// <param name="kept">The same as a kill would leave it: what it counts is on the disk. Null when nothing is known of that.</param>
/// <param name="tails">The ends of all writer slots when the drain began; null while nobody has looked there.</param>
/// <param name="hasDoneCommands">Whether what was asked of the sink was carried out before it was looked at.</param>
internal sealed class DrainProgress(SinkStatus? sink, SinkStatus? kept, IReadOnlyList<SlotTail>? tails, bool hasDoneCommands)
{
    /// <summary>The events that the drain itself has settled without the sink's taking them.</summary>
    public (long SetAside, DropCounts GivenUp) NotTaken { get; init; } = (0, DropCounts.None);

    /// <summary>Until when nothing begins, where that is later than the drain's end: an upload failed, or the destination asked for it. Null otherwise.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>Why it waits.</summary>
    public string? WaitCause { get; init; }

    /// <summary>Whether what was asked of the sink is carried out.</summary>
    public bool HasDoneCommands => hasDoneCommands;

    /// <summary>Whether this process has gone on from what the sink had done before: until then it counts nothing, and nothing seems to wait.</summary>
    public bool IsLoaded => sink is { Accounts.Count: > 0 };

    /// <summary>Whether its counts are those of everything that was there.</summary>
    public bool HasSeenAll => IsLoaded && All(sink!, account => account.Tail);

    /// <summary>Whether everything that was there is settled, here, and what was asked of the sink with it, and that is on the disk; what came meanwhile is not waited for.</summary>
    public bool IsThrough => hasDoneCommands && IsSettled(sink) && IsSettled(kept);

    /// <summary>Whether the sink has taken everything that was there.</summary>
    public bool IsTaken => IsThrough && NotTaken is { SetAside: 0, GivenUp.Total: 0 };

    /// <summary>Whether nothing is sent now, and what is left is known. What was asked of the sink is carried out by then.</summary>
    public bool IsStopped => sink is { IsElsewhere: true } || (hasDoneCommands && HasSeenAll && (sink!.IsPaused || sink.Circuit.State == CircuitState.Open || WaitsUntil is not null));

    /// <summary>How it stands, in words.</summary>
    /// <param name="sinkFault">Why the sinks' own files cannot be written; null when they can.</param>
    public string Text(string? sinkFault)
    {
        if (sink is null || !IsLoaded)
        {
            return $"nothing was delivered: {WhyNot(sinkFault)}";
        }

        var waiting = sink.Pending == 0 ? "nothing waits" : IsThrough ? $"{sink.Pending} came meanwhile and wait" : $"{sink.Pending} wait{UntilText}: {WhyNot(sinkFault)}{WhatToDo}";

        // As the files have them: a letter that is to be written counts twice until it has replaced that of before.
        var dead = (kept ?? sink).DeadLettered;
        var letters = dead > 0 ? $"; {dead} dead {(dead == 1 ? "letter" : "letters")}" : "";
        letters += NotTaken.SetAside > 0 ? $"; {NotTaken.SetAside} set aside now" : "";
        letters += NotTaken.GivenUp is { Total: > 0 } gone ? $"; {gone.Total} dropped now ({gone}{(sink.LastError is { } error ? $"; {error}" : "")})" : "";
        return IsThrough || sink.Pending > 0 ? $"{sink.Delivered} delivered in all, {waiting}{letters}" : $"{sink.Delivered} delivered in all: {WhyNot(sinkFault)}";
    }

    private DateTimeOffset? Until =>
        sink is null or { IsElsewhere: true } or { IsPaused: true } ? null
        : sink.Circuit.State == CircuitState.Open ? UploadConsent.IsCause(sink.Circuit.Cause) ? null : sink.Circuit.OpenUntil
        : WaitsUntil;

    private string UntilText => Until is { } until ? $" until {Texts.Of(until)}" : "";

    private string WhatToDo =>
        Until is not null ? $"; 'telemetry sinks probe {sink!.Name}' tries now"
        : sink is { IsElsewhere: false, IsPaused: true } ? $"; 'telemetry sinks resume {sink.Name}' lets it go on"
        : sink is { IsElsewhere: false, Circuit: { State: CircuitState.Open, Cause: ConsentStore.MissingCause } } ? "; 'telemetry consent grant' gives it"
        : "";

    private string WhyNot(string? sinkFault) =>
        sink is null ? "the sinks could not be started"
        : sink.IsElsewhere ? sinkFault ?? "another process has the sink, and delivers"
        : sink.IsPaused ? "the sink is paused"
        : hasDoneCommands && IsSettled(sink) ? $"how far it is was not kept: {sinkFault ?? sink.LastError ?? "the disk did not take it in time"}"
        : sink.Circuit.State == CircuitState.Closed && WaitsUntil is not null && WaitCause is { } cause ? cause
        : sink.Circuit.Cause ?? sink.LastError ?? "there was no time for more";

    private bool IsSettled(SinkStatus? status) => IsLoaded && status is { IsElsewhere: false, Redelivering: 0 } && All(status, account => account.Cursor);

    private bool All(SinkStatus status, Func<SinkAccount, Cursor> placeOf) => tails is not null && tails.All(slot => slot.Tail.Ordinal == 0
        || status.Accounts.Any(account => account.Slot == slot.Slot && placeOf(account) is var place && place.Stream == slot.Tail.Stream && place.Ordinal >= slot.Tail.Ordinal));
}
