using Akka.Actor;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>A child that its guardian starts anew whenever it has ended, with back-off: how it is made, who stands for it, when it may come again.</summary>
internal sealed class KeptChild(string name, StandIn standIn, Func<Props> props, SupervisionPolicy policy)
{
    private readonly RestartBackoff _backoff = new(policy);

    public string Name => name;

    public StandIn Ref => standIn;

    public void Begin(IActorContext guardian, DateTimeOffset now)
    {
        _backoff.Begin(now);
        standIn.Become(guardian.Watch(guardian.ActorOf(props().Beside(guardian), name)));
    }

    /// <summary>It has ended, by whatever.</summary>
    /// <returns>The wait before it is started anew.</returns>
    public TimeSpan Ended(DateTimeOffset now)
    {
        standIn.Become(null);
        return _backoff.End(now);
    }
}
