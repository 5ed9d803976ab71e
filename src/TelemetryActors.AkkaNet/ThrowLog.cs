using Akka.Event;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet;

/// <summary>Tells the system's log of a sink that throws: the first of a kind with all of its stack, each further one with a line. Secrets in what it says are taken out.</summary>
internal sealed class ThrowLog(string sink, ILoggingAdapter log)
{
    private Type? _told;

    public void Tell(Exception cause)
    {
        var message = CleanCause.Of(cause.Message);
        if (cause.GetType() == _told)
        {
            log.Warning("The sink {0} threw again: {1}: {2}", sink, _told.Name, message);
            return;
        }

        _told = cause.GetType();
        log.Error(CleanException.Of(cause), "The sink {0} threw and is made anew: {1}: {2}", sink, _told.Name, message);
    }
}
