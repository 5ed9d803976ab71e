using System.Runtime.Serialization;
using Akka.Event;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Tells the system's log of a journal that fails: once for all runs, and once a minute while it lasts. Each run meets it by itself, and a service may have thousands.</summary>
/// <remarks>Thread-safe; the actors of a pipeline's runs share one.</remarks>
internal sealed class JournalTrouble(TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);

    /// <summary>Whether what cannot be read is one actor's alone: it stands in the journal, and no other meets it.</summary>
    public static bool IsOfOneAlone(Exception reason, object? message) => message is not null || reason is SerializationException;

    /// <summary>A persistent actor ends because what it has kept could not be read.</summary>
    public void TellUnread(ILoggingAdapter log, Exception cause, string whose) => TellUnlessAway(log, cause, "The journal of runs cannot be read.", whose);

    /// <summary>A persistent actor ends because what it was to keep could not be written.</summary>
    public void TellUnwritten(ILoggingAdapter log, Exception cause, string whose) => TellUnlessAway(log, cause, "The journal of runs cannot be written.", whose);

    /// <summary>Tells it, or counts it where the same was told a moment ago.</summary>
    /// <param name="log">Where it is told.</param>
    /// <param name="level">How grave it is.</param>
    /// <param name="cause">What the journal or the snapshot store said.</param>
    /// <param name="what">What has failed: one of the few things that can; what is told is bounded for each.</param>
    /// <param name="whose">Whose run's actor has met it.</param>
    public void Tell(ILoggingAdapter log, LogLevel level, Exception cause, string what, string whose)
    {
        int others;
        lock (_gate)
        {
            if (_words.TryGetValue(what, out var last) && time.GetElapsedTime(last.At) < Between)
            {
                _words[what] = last with { Others = last.Others + 1 };
                return;
            }

            others = last.Others;
            _words[what] = new Word(time.GetTimestamp(), 0);
        }

        log.Log(level, cause, "{0} It was met by {1}; {2} others have met it since the last word, and who does within a minute is counted and not named.", what, whose, others);
    }

    // Whoever has no database has said so itself.
    private void TellUnlessAway(ILoggingAdapter log, Exception cause, string what, string whose)
    {
        if (cause is not DatabaseAwayException)
        {
            Tell(log, LogLevel.ErrorLevel, cause, what, whose);
        }
    }

    private readonly record struct Word(long At, int Others);
}
