using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using TelemetryActors.Storage;

namespace TelemetryActors.AkkaNet;

/// <summary>Ends the client of a system when every actor of the service has ended, and not before: what they record in their <c>PostStop</c> is kept.</summary>
/// <remarks>Below <c>/system</c>, whose guardian waits for those that have asked for it when all below <c>/user</c> have ended, as it does for remoting.</remarks>
internal sealed class LastWordsActor : ReceiveActor
{
    public LastWordsActor(TelemetryClient client)
    {
        Receive<TerminationHook>(_ => DiskCall.Begin("end", () =>
        {
            client.Dispose();
            return new Ended();
        }).PipeTo(Self, failure: _ => new Ended()));
        Receive<Ended>(_ => Context.Parent.Tell(TerminationHookDone.Instance));
    }

    public static Props Props(TelemetryClient client) => Akka.Actor.Props.Create(() => new LastWordsActor(client)).WithDeploy(Deploy.Local);

    protected override void PreStart() => Context.Parent.Tell(RegisterTerminationHook.Instance);

    private sealed record Ended : IDeadLetterSuppression, INoSerializationVerificationNeeded;
}
