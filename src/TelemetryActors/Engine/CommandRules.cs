using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>What operators' commands mean for a sink's delivery.</summary>
internal static class CommandRules
{
    /// <summary>Why the event log is not paused.</summary>
    public const string EventLogStays = "recording and all other sinks live on it";

    /// <summary>Carries out a command that needs no files.</summary>
    /// <returns>How many events it concerns, and what there is to say; null when it speaks for itself.</returns>
    public static (long Events, string? Result) Obey(SinkCommand command, SinkDefinition sink, SinkDelivery delivery, DateTimeOffset now)
    {
        switch (command.Kind)
        {
            case SinkCommandKind.Reset:
                delivery.Reset();
                return default;
            case SinkCommandKind.Probe:
                delivery.ProbeAt(now);
                return default;
            case SinkCommandKind.Pause when sink.IsEventLog:
                return (0, $"refused: {EventLogStays}");
            case SinkCommandKind.Pause:
                delivery.Pause();
                return default;
            case SinkCommandKind.Resume:
                delivery.Resume();
                return default;
            case SinkCommandKind.Replay when command.Replay is { } replay:
                return ReplayOrder.WhyNot(sink) is { } why ? (0, why) : ReplayOrder.Begin(delivery, replay);
            case SinkCommandKind.Cancel:
                var left = delivery.Redeliveries.Accounts.Sum(account => account.Pending);
                return delivery.CancelRedeliveries() ? (left, $"{left} events skipped") : (0, "refused: a batch is under way, ask again");
            case SinkCommandKind.Retry or SinkCommandKind.Purge when command.Letters is not null:
                return (0, "refused: the sink keeps no state, and its dead letters stay where they are");
            default:
                return (0, "refused: it does not say what is meant");
        }
    }
}
