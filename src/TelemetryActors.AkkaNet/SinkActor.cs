using Akka.Actor;
using Akka.Event;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>Owns one sink on a thread of its own: makes it when first needed, calls it, and gives up when it throws, so that it is made anew.</summary>
internal sealed class SinkActor : ReceiveActor
{
    private readonly SinkDefinition _definition;
    private readonly SinkContext _sinkContext;
    private readonly SinkLife _life;
    private readonly DispatcherContext _thread = new(Context.Dispatcher);
    private readonly RecurringFault _idleFault = new(fault => Context.Parent.Tell(new SinkFault(fault)));
    private ISink? _sink;
    private BoundsQuestion? _asked;
    private Task _call = Task.CompletedTask;

    public SinkActor(SinkDefinition definition, SinkContext sinkContext, SinkLife life)
    {
        _definition = definition;
        _sinkContext = sinkContext;
        _life = life;
        Receive<LoadAccounts>(_ => Load());
        Receive<Deliver>(deliver => _thread.Run(() => Call(deliver)));
        Receive<FindBounds>(find => _thread.Run(() => Find(find.Question)));
        Receive<DoIdleWork>(_ => _thread.Run(DoIdle));
        Receive<Answered>(answered => Context.Parent.Tell(new CallEnded(answered.Outcome)));
        Receive<Threw>(threw => Discard(new Discarded(threw.Exception)));
        Receive<Close>(_ => Discard(new Discarded(null)));
        Receive<Discarded>(End);
    }

    public static Props Props(SinkDefinition definition, SinkContext sinkContext, SinkLife life) =>
        Akka.Actor.Props.Create(() => new SinkActor(definition, sinkContext, life)).WithDispatcher(EngineSettings.SinkDispatcher);

    // Only a sink that nobody closed is still there: the system is going down, or a supervisor failed. A call that is under way ends before its sink does.
    protected override void PostStop()
    {
        if (_sink is not null)
        {
            Discard(new Discarded(null));
        }
    }

    private void Call(Deliver deliver)
    {
        var call = DeliverAsync(deliver);
        _call = call;
        call.PipeTo(Self);
    }

    private void Find(BoundsQuestion question)
    {
        var call = FindBoundsAsync(question);
        _call = call;
        call.PipeTo(Context.Parent);
    }

    private void Load()
    {
        try
        {
            Sender.Tell(new AccountsLoaded((Sink() as IKeepsAccounts)?.LoadAccounts() ?? []));
        }
        catch (Exception exception)
        {
            Sender.Tell(new AccountsUnknown($"{exception.GetType().Name}: {exception.Message}"));
        }
    }

    // What it throws is told once until it works again: it comes back at every heartbeat.
    private void DoIdle()
    {
        try
        {
            (_sink as IIdleWork)?.DoIdleWork();
            _idleFault.IsOver();
        }
        catch (Exception exception)
        {
            _idleFault.TellFirst($"the sink's idle work: {exception.GetType().Name}: {exception.Message}");
        }

        Context.Parent.Tell(new IdleWorkDone());
    }

    private async Task<object> FindBoundsAsync(BoundsQuestion question)
    {
        try
        {
            if (Sink() is not IFindsBounds sink)
            {
                return new BoundsFound(question, []);
            }

            if (_asked != question)
            {
                _asked = question;
                sink.BeginBounds();
            }

            using var limit = new CancellationTokenSource(_definition.Policy.CallTimeout, _sinkContext.Time);
            return new BoundsFound(question, await sink.FindBoundsAsync(question.Time.From, question.Time.To, limit.Token));
        }
        catch (Exception exception)
        {
            return new BoundsUnknown(question, exception);
        }
    }

    private async Task<object> DeliverAsync(Deliver deliver)
    {
        try
        {
            return new Answered(await Sink().DeliverAsync(deliver.Batch, deliver.Cancellation));
        }
        catch (OperationCanceledException) when (deliver.Cancellation.IsCancellationRequested)
        {
            return new Answered(new SinkOutcome.Retry("timeout"));
        }
        catch (Exception exception)
        {
            return new Threw(exception);
        }
    }

    // The next sink may want the files and sockets of this one: nothing goes on before it is disposed.
    private void Discard(Discarded discarded)
    {
        var (sink, call) = (_sink, _call);
        _sink = null;
        _thread.Run(() => DisposeAsync(sink, call, discarded).PipeTo(Self));
    }

    private async Task<Discarded> DisposeAsync(ISink? sink, Task call, Discarded discarded)
    {
        await call;
        try
        {
            if (sink is not null)
            {
                await sink.DisposeAsync();
            }

            return discarded;
        }
        catch (Exception exception)
        {
            return discarded with { Fault = $"disposing the sink: {exception.GetType().Name}: {exception.Message}" };
        }
        finally
        {
            _life.End();
        }
    }

    private void End(Discarded discarded)
    {
        if (discarded.Fault is { } fault)
        {
            Context.Parent.Tell(new SinkFault(fault));
        }

        if (discarded.Cause is { } cause)
        {
            throw new SinkFailedException(_definition.Name, cause);
        }

        Context.Stop(Self);
    }

    private ISink Sink()
    {
        if (_sink is null)
        {
            _sink = _definition.Create(_sinkContext);
            _life.Begin();
        }

        return _sink;
    }

    private sealed record Answered(SinkOutcome Outcome) : IDeadLetterSuppression;

    private sealed record Threw(Exception Exception) : IDeadLetterSuppression;

    private sealed record Discarded(Exception? Cause, string? Fault = null) : IDeadLetterSuppression;
}
