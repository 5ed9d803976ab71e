using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>The mailbox of a collector's split brain resolver, named in <c>hocon/collector.conf</c>: <see cref="CollectorEvents"/> says what comes in.</summary>
internal sealed class CollectorMailbox(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<CollectorMailbox.Queue>
{
    public const string Id = "telemetryactors.downing-mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new Queue();

    // The resolver stashes, which needs a queue with two ends.
    internal sealed class Queue() : DequeWrapperMessageQueue(new Entrance()), IUnboundedDequeBasedMessageQueueSemantics;

    private sealed class Entrance : IMessageQueue
    {
        private readonly UnboundedMessageQueue _queue = new();

        public bool HasMessages => _queue.HasMessages;

        public int Count => _queue.Count;

        public void Enqueue(IActorRef receiver, Envelope envelope)
        {
            if (CollectorEvents.Heard(envelope.Message) is { } message)
            {
                _queue.Enqueue(receiver, new Envelope(message, envelope.Sender));
            }
        }

        public bool TryDequeue(out Envelope envelope) => _queue.TryDequeue(out envelope);

        public void CleanUp(IActorRef owner, IMessageQueue deadletters) => _queue.CleanUp(owner, deadletters);
    }
}
