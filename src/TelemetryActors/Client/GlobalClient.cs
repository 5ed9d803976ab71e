namespace TelemetryActors.Client;

/// <summary>The client that code can reach without being given one: set once, or another for one flow of calls (S3.2, D.12).</summary>
/// <remarks>Thread-safe; looking allocates nothing.</remarks>
internal sealed class GlobalClient
{
    private readonly AsyncLocal<Flow?> _flow = new();
    private TelemetryClient? _client;

    public TelemetryClient? Current => Standing(_flow.Value) is { } flow ? flow.Client : Volatile.Read(ref _client);

    /// <summary>Sets it, the first time.</summary>
    /// <returns>False when one was set before, which stays.</returns>
    public bool TrySet(TelemetryClient client) => Interlocked.CompareExchange(ref _client, client, null) is null;

    /// <summary>Puts another in its place for this flow of calls, until the answer is disposed.</summary>
    public IDisposable Override(TelemetryClient? client)
    {
        var flow = new Flow(this, client, _flow.Value);
        _flow.Value = flow;
        return flow;
    }

    // Whatever the order in which they end, also in a flow of calls that began within one: what has ended counts nowhere any more.
    private static Flow? Standing(Flow? flow)
    {
        while (flow is { HasEnded: true })
        {
            flow = flow.Before;
        }

        return flow;
    }

    private sealed class Flow(GlobalClient owner, TelemetryClient? client, Flow? before) : IDisposable
    {
        private volatile bool _hasEnded;

        public TelemetryClient? Client => client;

        public Flow? Before => before;

        public bool HasEnded => _hasEnded;

        public void Dispose()
        {
            _hasEnded = true;
            owner._flow.Value = Standing(owner._flow.Value);
        }
    }
}
