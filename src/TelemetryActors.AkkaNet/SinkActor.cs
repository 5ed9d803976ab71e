using Akka.Actor;
using Akka.Event;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>Owns one sink, whose code runs on a thread of its own and whose answers come as messages; gives up when the sink throws, so that it is made anew.</summary>
/// <remarks>Whatever the sink does, this actor stays quick: a system that ends ends it at once, and the sink's thread disposes the sink when its call has ended.</remarks>
internal sealed class SinkActor : ReceiveActor
{
    private readonly string _name;
    private readonly SinkThread _thread;

    public SinkActor(SinkDefinition definition, SinkContext sinkContext, ThreadLife life)
    {
        var parent = Context.Parent;
        _name = definition.Name;
        _thread = new SinkThread(definition, sinkContext, life, fault => parent.Tell(new SinkFault(fault)));
        Receive<LoadAccounts>(_ => Do(Load));
        Receive<Deliver>(deliver => Do(host => Call(host, deliver)));
        Receive<FindBounds>(find => Do(host => Find(host, find.Question)));
        Receive<DoIdleWork>(_ => Do(Idle));
        Receive<Discard>(_ => Lose());
        Receive<Answered>(answered => Context.Parent.Tell(answered.Answer));
        Receive<Threw>(threw => GiveUp(threw.Exception));
        Receive<Close>(_ => Leave());
        Receive<Left>(_ => Context.Stop(Self));
    }

    public static Props Props(SinkDefinition definition, SinkContext sinkContext, ThreadLife life) =>
        Akka.Actor.Props.Create(() => new SinkActor(definition, sinkContext, life)).WithDeploy(Deploy.Local);

    // Only a sink that nobody closed is still there: the system is going down, or a supervisor failed. A call that is under way ends before its sink does.
    protected override void PostStop() => _thread.End(() => { });

    private void Do(Func<SinkHost, object> work)
    {
        var self = Self;
        _thread.Do(host => self.Tell(work(host), self));
    }

    // The sink has been disposed already, on its thread.
    private void GiveUp(Exception cause)
    {
        Context.Parent.Tell(new SinkThrew(cause));
        throw new SinkFailedException(_name, cause);
    }

    private void Lose()
    {
        var self = Self;
        _thread.Discard(() => self.Tell(new Answered(new Discarded()), self));
    }

    // Who comes next may want the files and sockets of this sink: nothing goes on before it is disposed.
    private void Leave()
    {
        var self = Self;
        _thread.End(() => self.Tell(new Left(), self));
    }

    private static Answered Load(SinkHost host)
    {
        try
        {
            return new Answered(new AccountsLoaded(host.LoadAccounts() ?? []));
        }
        catch (Exception exception)
        {
            return new Answered(new AccountsUnknown($"{exception.GetType().Name}: {exception.Message}"));
        }
    }

    private static object Call(SinkHost host, Deliver deliver)
    {
        var outcome = host.Deliver(deliver.Batch, deliver.Cancellation, out var thrown);
        return thrown is null ? new Answered(new CallEnded(outcome)) : new Threw(thrown);
    }

    private static Answered Find(SinkHost host, BoundsQuestion question)
    {
        try
        {
            return new Answered(new BoundsFound(question, host.FindBounds(question)));
        }
        catch (Exception exception)
        {
            return new Answered(new BoundsUnknown(question, exception));
        }
    }

    private static Answered Idle(SinkHost host)
    {
        host.Idle();
        return new Answered(new IdleWorkDone());
    }

    // From the sink's thread, by way of this actor: an answer that comes when it has ended is nobody's.
    private sealed record Answered(object Answer) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    private sealed record Threw(Exception Exception) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    private sealed record Left : IDeadLetterSuppression, INoSerializationVerificationNeeded;
}
