using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Events;

namespace TelemetryActors.Diagnostics;

/// <summary>Records the exception that ends the process, in every client that runs (S1.4, S1.5).</summary>
/// <remarks>
/// An exception that leaves an asynchronous <c>Main</c> disposes its clients on the way, before the runtime knows that nobody catches it: then the client
/// that ended last is opened once more for this one event. A stack that overflows and a process that is killed leave no event; their runs are closed as abandoned.
/// </remarks>
internal static class CrashWatch
{
    private static readonly Lock Gate = new();
    private static readonly List<TelemetryClient> Running = [];
    private static TelemetryOptions? _lastEnded;
    private static bool _isWatching;

    /// <summary>A client runs from now on.</summary>
    public static void Add(TelemetryClient client)
    {
        lock (Gate)
        {
            Running.Add(client);
            _lastEnded = null;
            if (!_isWatching)
            {
                _isWatching = true;
                AppDomain.CurrentDomain.UnhandledException += (_, crash) => Record(crash.ExceptionObject as Exception);
            }
        }
    }

    /// <summary>A client has ended.</summary>
    /// <param name="client">The client; nothing happens when it was not watched.</param>
    /// <param name="options">What it ran with.</param>
    public static void Remove(TelemetryClient client, TelemetryOptions options)
    {
        lock (Gate)
        {
            if (Running.Remove(client))
            {
                _lastEnded = options;
            }
        }
    }

    private static void Record(Exception? exception)
    {
        TelemetryClient[] running;
        TelemetryOptions? lastEnded;
        lock (Gate)
        {
            running = [.. Running];
            lastEnded = _lastEnded;
        }

        if (exception is null)
        {
            return;
        }

        foreach (var client in running)
        {
            Record(client, exception);
        }

        if (running.Length == 0 && lastEnded is not null)
        {
            RecordAfterTheEnd(lastEnded, exception);
        }
    }

    private static void RecordAfterTheEnd(TelemetryOptions ended, Exception exception)
    {
        try
        {
            var options = OptionsCopy.Of(ended);
            options.HasOnlyTheLog = true;
            options.RecordCrashes = false;
            options.TrackSessions = false;
            using var client = ClientStart.Start(options);
            Record(client, exception);
        }
        catch (Exception fault)
        {
            TelemetryEventSource.Log.Failed("crash", ThrownText.MessageOf(fault));
        }
    }

    private static void Record(TelemetryClient client, Exception exception)
    {
        try
        {
            client.RecordCrash(exception);
        }
        catch (Exception fault)
        {
            // The process dies of another exception than this one, and says so.
            TelemetryEventSource.Log.Failed("crash", ThrownText.MessageOf(fault));
        }
    }
}
