using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Lets uploads begin when consent comes, whichever process records it: what waited until then is skipped, an open <c>no consent</c> circuit is reset.</summary>
/// <remarks>Safe for use from several threads: the heartbeat looks each second, and a client that records consent itself looks at once.</remarks>
internal sealed class ConsentWatch
{
    private readonly Lock _gate = new();
    private readonly UploadConsent _consent;
    private readonly IPipelineEngine _engine;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception> _report;
    private readonly IReadOnlyList<string> _sinks;

    // Under the lock.
    private readonly Dictionary<string, DateTimeOffset?> _resetAt = new(StringComparer.Ordinal);
    private bool _wasGiven;

    public ConsentWatch(IReadOnlyList<SinkDefinition> sinks, UploadConsent consent, IPipelineEngine engine, TimeProvider time, Action<string, Exception> report)
    {
        _sinks = [.. sinks.Where(sink => sink.NeedsConsent).Select(sink => sink.Name)];
        _consent = consent;
        _engine = engine;
        _time = time;
        _report = report;
        _wasGiven = _sinks.Count > 0 && consent.IsGiven;
    }

    public void Look()
    {
        if (_sinks.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            var isGiven = _consent.IsGiven;
            foreach (var sink in isGiven ? _sinks : [])
            {
                Open(_engine[sink], isNew: !_wasGiven);
            }

            _wasGiven = isGiven;
        }
    }

    private void Open(SinkSupervisor sink, bool isNew)
    {
        var status = sink.Status;
        var isShut = status.Circuit.State == CircuitState.Open && UploadConsent.IsCause(status.Circuit.Cause);
        if (status.IsElsewhere || status.WhyHeld is not null || (!isShut && !isNew))
        {
            return;
        }

        // Consent given today does not cover yesterday (S2.61). The gate before the sink would hold all of it back; this only saves reading it.
        var isHandled = isShut && _resetAt.TryGetValue(status.Name, out var until) && until == status.Circuit.OpenUntil;
        if (isNew || !isHandled)
        {
            foreach (var (slot, tail) in _consent.Cover?.Behind ?? [])
            {
                Skip(sink, status.Accounts.FirstOrDefault(account => account.Slot == slot), tail);
            }
        }

        if (isShut && !isHandled)
        {
            Reset(status);
        }
    }

    private static void Skip(SinkSupervisor sink, SinkAccount account, Cursor to)
    {
        if (account.Cursor.Stream == to.Stream && account.Cursor.Ordinal < to.Ordinal)
        {
            sink.MoveTo(account.Slot, to);
        }
    }

    // The command is carried out on the next heartbeat; the circuit's end tells whether this opening was answered already.
    private void Reset(SinkStatus status)
    {
        try
        {
            _engine.Command(status.Name, new SinkCommand(SinkCommandKind.Reset, "consent", _time.GetUtcNow(), "consent was granted"));
            _resetAt[status.Name] = status.Circuit.OpenUntil;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _report(status.Name, exception);
        }
    }
}
