using TelemetryActors.Engine;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>A sink on a background thread of its own, as in the local engine: no dispatcher and no end of an actor system waits for what its code does.</summary>
/// <remarks>One actor uses it. What it is given to do is done in turn; a call that hangs holds what comes behind it, the sink's disposal included.</remarks>
internal sealed class SinkThread(SinkDefinition definition, SinkContext context, ThreadLife life, Action<string> reportFault)
{
    private readonly WorkThread _thread = new(definition.Name, life, thrown => reportFault($"the sink's thread: {thrown.GetType().Name}: {thrown.Message}"));

    // The thread's alone.
    private SinkHost? _host;

    /// <summary>Does something with the sink, after what is under way.</summary>
    public void Do(Action<SinkHost> work) => _thread.Do(() => work(_host ??= Host()));

    /// <summary>Disposes the sink, after what is under way; the next use makes another.</summary>
    /// <param name="then">Called on the sink's thread when it is disposed, or at once when there was never one.</param>
    public void Discard(Action then)
    {
        if (!_thread.HasBegun)
        {
            then();
            return;
        }

        _thread.Do(() =>
        {
            _host?.Discard();
            then();
        });
    }

    /// <summary>Disposes the sink when all that is under way has ended; then the thread ends. Said again, it changes nothing.</summary>
    /// <param name="then">Called on the sink's thread when it has ended, or at once when it never began.</param>
    public void End(Action then) => _thread.End(() => _host?.Dispose(), then);

    private SinkHost Host()
    {
        var host = new SinkHost(definition, context, reportFault);
        host.Attach();
        return host;
    }
}
