using Akka.Event;

namespace TelemetryActors.AkkaNet;

/// <summary>Tells the system's log of a sink that throws: the first of a kind with all of its stack, each further one with a line.</summary>
internal sealed class ThrowLog(string sink, ILoggingAdapter log)
{
    private Type? _told;

    public void Tell(Exception cause)
    {
        if (cause.GetType() == _told)
        {
            log.Warning("The sink {0} threw again: {1}: {2}", sink, _told.Name, cause.Message);
            return;
        }

        _told = cause.GetType();
        log.Error(cause, "The sink {0} threw and is made anew: {1}: {2}", sink, _told.Name, cause.Message);
    }
}
