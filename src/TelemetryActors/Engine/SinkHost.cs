using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>The sink itself on its own thread: made when first needed, made anew after it threw.</summary>
internal sealed class SinkHost(SinkDefinition definition, SinkContext context, Action<string> reportFault) : IDisposable
{
    private readonly SinkThreadContext _thread = new();
    private readonly RecurringFault _idleFault = new(reportFault);
    private ISink? _sink;
    private BoundsQuestion? _asked;

    /// <summary>Makes this thread the sink's own.</summary>
    public void Attach() => SynchronizationContext.SetSynchronizationContext(_thread);

    /// <summary>What a sink that keeps its accounts itself says of them; null for all others.</summary>
    public IReadOnlyList<SinkAccount>? LoadAccounts() => (Sink() as IKeepsAccounts)?.LoadAccounts();

    /// <summary>What a sink says it has of a time already; nothing for one that makes no difference.</summary>
    public IReadOnlyList<EventRange> FindBounds(BoundsQuestion question)
    {
        if (Sink() is not IFindsBounds sink)
        {
            return [];
        }

        if (_asked != question)
        {
            _asked = question;
            sink.BeginBounds();
        }

        using var limit = new CancellationTokenSource(definition.Policy.CallTimeout, context.Time);
        return _thread.Run(sink.FindBoundsAsync(question.Time.From, question.Time.To, limit.Token));
    }

    /// <summary>Delivers, and turns whatever is thrown into an outcome.</summary>
    public SinkOutcome Deliver(SinkBatch batch, CancellationToken cancellation, out Exception? thrown)
    {
        thrown = null;
        try
        {
            return Announcements.Mark(_thread.Run(Sink().DeliverAsync(batch, cancellation)), batch);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new SinkOutcome.Retry("timeout");
        }
        catch (Exception exception)
        {
            thrown = exception;
            Discard();
            return new SinkOutcome.Retry($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    /// <summary>Lets a sink that has something to do without events do it.</summary>
    /// <remarks>What it throws is told once until it works again: it comes back at every heartbeat.</remarks>
    public void Idle()
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
    }

    public void Dispose() => Discard();

    /// <summary>Disposes the sink; the next use makes another. Where this process has lost the sink, that one knows what others have done with the data since.</summary>
    /// <remarks>A sink that cannot even be disposed is left to the collector.</remarks>
    public void Discard()
    {
        var sink = _sink;
        _sink = null;
        _asked = null;
        try
        {
            if (sink is not null)
            {
                _thread.Run(sink.DisposeAsync());
            }
        }
        catch (Exception exception)
        {
            reportFault($"disposing the sink: {exception.GetType().Name}: {exception.Message}");
        }
    }

    private ISink Sink() => _sink ??= definition.Create(context);
}
