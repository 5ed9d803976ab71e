using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>Decides when an actor that has ended is started anew: at once after a long life, later and later while it ends again soon.</summary>
internal sealed class RestartBackoff(SupervisionPolicy policy)
{
    private int _endsInARow;
    private DateTimeOffset _begun;

    public void Begin(DateTimeOffset now) => _begun = now;

    /// <returns>The wait, between the first and the longest that a sink has that threw.</returns>
    public TimeSpan End(DateTimeOffset now)
    {
        _endsInARow = now - _begun > policy.MaxRestartDelay ? 0 : _endsInARow;
        return policy.RestartDelay(_endsInARow++);
    }
}
