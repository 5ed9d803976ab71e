using Akka.Actor;
using Akka.Event;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>What a sink's stage, supervisor, actor and files say to each other. All of it stays within one actor system.</summary>
internal static class SinkProtocol
{
    /// <summary>From the stage: what is to be read next, with these tails? Its number comes back with the answer; an answer to an earlier one is of no use any more.</summary>
    internal sealed record WhatNext(SlotTail[] Tails, long Number) : INoSerializationVerificationNeeded;

    /// <summary>To the stage: read this.</summary>
    internal sealed record ReadThis(BatchPlan Plan, long Number) : INoSerializationVerificationNeeded;

    /// <summary>To the stage: nothing is due.</summary>
    internal sealed record NothingNow(long Number) : INoSerializationVerificationNeeded;

    /// <summary>To the stage: something has changed that has nothing to do with its head positions.</summary>
    internal sealed record LookAgain : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the stage: the supervisor was started anew, and has forgotten what it was asked.</summary>
    internal sealed record AskAgain : INoSerializationVerificationNeeded;

    /// <summary>From the stage: a batch was read; answered by <see cref="BatchSettled"/> when the stage's buffer is free again.</summary>
    internal sealed record BatchRead(BatchPlan Plan, EventRead Read, ReadOnlyMemory<byte> Lines) : INoSerializationVerificationNeeded;

    /// <summary>To the stage: the batch is settled, one way or the other.</summary>
    internal sealed record BatchSettled : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>From the stage: what was planned could not be read now.</summary>
    internal sealed record ReadFailed(string Cause) : INoSerializationVerificationNeeded;

    /// <summary>To the sink's actor: what accounts does the sink keep itself? Answered by <see cref="AccountsLoaded"/> or <see cref="AccountsUnknown"/>.</summary>
    internal sealed record LoadAccounts : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor: the accounts that the sink keeps itself.</summary>
    internal sealed record AccountsLoaded(IReadOnlyList<SinkAccount> Accounts) : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor, or its files: what accounts the sink keeps cannot be said now.</summary>
    internal sealed record AccountsUnknown(string Cause) : INoSerializationVerificationNeeded;

    /// <summary>To the sink's actor: a heartbeat has passed, and no call is under way; answered by <see cref="IdleWorkDone"/>.</summary>
    internal sealed record DoIdleWork : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor: what there was to do without events is done.</summary>
    internal sealed record IdleWorkDone : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's actor: what bounds of a time does the sink have already? Answered by <see cref="BoundsFound"/> or <see cref="BoundsUnknown"/>.</summary>
    internal sealed record FindBounds(BoundsQuestion Question) : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor: the bounds; none when the sink has no use for them.</summary>
    internal sealed record BoundsFound(BoundsQuestion Question, IReadOnlyList<EventRange> Stored) : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor: the sink did not tell its bounds.</summary>
    internal sealed record BoundsUnknown(BoundsQuestion Question, Exception Cause) : INoSerializationVerificationNeeded;

    /// <summary>To the sink's actor: deliver a batch. The next comes only after this one has ended.</summary>
    internal sealed record Deliver(SinkBatch Batch, CancellationToken Cancellation) : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor: the call has ended, in time or too late.</summary>
    internal sealed record CallEnded(SinkOutcome Outcome) : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor: the sink threw; its actor fails next, to be started anew.</summary>
    internal sealed record SinkThrew(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's actor: this process may not have the sink any more: dispose it; the next use makes another. Answered by <see cref="Discarded"/>.</summary>
    internal sealed record Discard : INoSerializationVerificationNeeded;

    /// <summary>From the sink's actor: the sink is disposed, or there was none. What was asked before has been answered.</summary>
    internal sealed record Discarded : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>From the sink's actor: something else than a delivery went wrong.</summary>
    internal sealed record SinkFault(string Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's files: take the sink for this process and load what was kept; answered by <see cref="Owned"/> or <see cref="Elsewhere"/>.</summary>
    internal sealed record Own : INoSerializationVerificationNeeded;

    /// <summary>From the sink's files: this process has the sink.</summary>
    internal sealed record Owned(SinkState State) : INoSerializationVerificationNeeded;

    /// <summary>From the sink's files: another process has the sink, or may have it as telemetry is switched off here, or the disk does not say.</summary>
    internal sealed record Elsewhere : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's files: the sink is disposed, give it back; answered by <see cref="WasLetGo"/>.</summary>
    internal sealed record LetGo : INoSerializationVerificationNeeded;

    /// <summary>From the sink's files: it was given back, unless the disk did not take what goes before that; it may be asked for again.</summary>
    internal sealed record WasLetGo : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's files: what does a sink go on from that keeps its accounts with its data? Answered by <see cref="Merged"/> or <see cref="AccountsUnknown"/>.</summary>
    internal sealed record Merge(SinkState Kept, IReadOnlyList<SinkAccount> Own) : INoSerializationVerificationNeeded;

    /// <summary>From the sink's files: what the sink goes on from.</summary>
    internal sealed record Merged(SinkState State) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's files: is the sink still ours? Write what could not be written, carry out commands. Answered by <see cref="Examined"/> or <see cref="Elsewhere"/>.</summary>
    internal sealed record Examine : INoSerializationVerificationNeeded;

    /// <summary>From the sink's files: it is ours, and commands are carried out.</summary>
    internal sealed record Examined : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's files: keep the batch's bounds before its first byte goes out; answered by <see cref="BoundsKept"/> or <see cref="BoundsNotKept"/>.</summary>
    internal sealed record KeepBounds : INoSerializationVerificationNeeded;

    /// <summary>From the sink's files: the bounds are kept.</summary>
    internal sealed record BoundsKept : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>The bounds could not be kept: the batch must not go out.</summary>
    internal sealed record BoundsNotKept : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the sink's files: the sink cannot say what it has, which is kept so that it is seen from outside. No answer.</summary>
    internal sealed record KeepLoadFault(string Cause) : INoSerializationVerificationNeeded;

    /// <summary>To the sink's files: write dead letters, then keep the state; answered by <see cref="Settled"/>.</summary>
    internal sealed record Settle : INoSerializationVerificationNeeded;

    /// <summary>To the sink's files: keep the call that takes its time, so that it is seen from outside, and carry out commands while it hangs; answered by <see cref="CallShown"/>.</summary>
    internal sealed record ShowCall : INoSerializationVerificationNeeded;

    /// <summary>From the sink's files: the call is kept, or the disk does not take it now.</summary>
    internal sealed record CallShown : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>From the sink's files: everything of the batch is kept that the disk takes.</summary>
    internal sealed record Settled : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To a sink's actor or files: give back what you hold, and end.</summary>
    internal sealed record Close : INoSerializationVerificationNeeded;

    /// <summary>To a supervisor, from outside: look now whether there is something to send.</summary>
    internal sealed record Look : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the guardian, its buffer and its supervisors: send what is there once more - the event log all of it, the others one batch - and end.</summary>
    internal sealed record Drain : INoSerializationVerificationNeeded;
}
