using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The rest of a journal or a snapshot store that could not open its database. What is asked of it meanwhile is refused at once; a damaged file is set aside first.</summary>
/// <remarks>For the actor's own thread.</remarks>
/// <param name="context">The actor's context.</param>
/// <param name="settings">The plugin's.</param>
/// <param name="begin">Opens the database.</param>
internal sealed class DatabaseRest(IActorContext context, Config settings, Action begin)
{
    private readonly DatabaseAwayException _away = new();

    public void Begin()
    {
        var rest = CanBegin() ? TimeSpan.Zero : RunJournal.Rest;
        context.System.Scheduler.ScheduleTellOnce(rest, context.Self, RestOver.Instance, ActorRefs.NoSender);
        context.BecomeStacked(Resting);
    }

    private bool Resting(object message)
    {
        if (message is not RestOver)
        {
            return DatabaseRefusal.TryAnswer(message, context.Sender, _away);
        }

        context.UnbecomeStacked();
        begin();
        return true;
    }

    private bool CanBegin()
    {
        if (!settings.HasPath(RunJournal.Owner))
        {
            return false;
        }

        var log = context.GetLogger();
        try
        {
            var file = new JournalFile(settings.GetString("connection-string"));
            var canBegin = file.TryMakeRoom(context.Self.Path.Name, context.System.Scheduler.Now, out var aside);
            if (aside is not null)
            {
                log.Error("The journal of runs is damaged and was set aside as {0}. What it knew of runs is in the event log.", aside);
            }

            return canBegin;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Error(exception, "The journal of runs is damaged and could not be set aside.");
            return false;
        }
    }
}
