using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The rest of a journal or a snapshot store that could not open its database. What is asked of it meanwhile waits.</summary>
/// <remarks>For the actor's own thread.</remarks>
/// <param name="context">The actor's context.</param>
/// <param name="stash">Where what is asked waits.</param>
/// <param name="begin">Opens the database.</param>
internal sealed class DatabaseRest(IActorContext context, IStash stash, Action begin)
{
    public void Begin()
    {
        context.System.Scheduler.ScheduleTellOnce(RunJournal.Rest, context.Self, RestOver.Instance, ActorRefs.NoSender);
        context.BecomeStacked(Resting);
    }

    private bool Resting(object message)
    {
        if (message is RestOver)
        {
            context.UnbecomeStacked();
            begin();
            stash.UnstashAll();
        }
        else
        {
            stash.Stash();
        }

        return true;
    }
}
