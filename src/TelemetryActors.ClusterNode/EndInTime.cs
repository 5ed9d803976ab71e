using Akka;
using Akka.Actor;

namespace TelemetryActors.ClusterNode;

/// <summary>Bounds an end that the node has begun itself - its disk, a second cluster, the split brain resolver - as the host bounds the one that it begins.</summary>
internal static class EndInTime
{
    /// <summary>Watches from the moment on in which the system begins to shut down for a reason of its own, or from now on when it has begun.</summary>
    /// <param name="shutdown">The node's shutdown.</param>
    /// <param name="longest">How long the whole process may take from then on.</param>
    /// <param name="giveUp">Ends the process. Called on a thread of its own, which nothing else can hold, and once.</param>
    public static void Watch(CoordinatedShutdown shutdown, TimeSpan longest, Action giveUp)
    {
        var hasBegun = 0;
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "end-in-time", () =>
        {
            Begin();
            return Task.FromResult(Done.Instance);
        });

        // The phase of one that began while the host started may be over.
        if (shutdown.ShutdownReason is not null)
        {
            Begin();
        }

        void Begin()
        {
            if (shutdown.ShutdownReason is not CoordinatedShutdown.ClrExitReason && Interlocked.Exchange(ref hasBegun, 1) == 0)
            {
                new Thread(() => GiveUpAfter(longest, giveUp)) { IsBackground = true, Name = "telemetry end" }.Start();
            }
        }
    }

    // It ends with the process, and sooner than this when all goes well.
    private static void GiveUpAfter(TimeSpan longest, Action giveUp)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(longest);
        giveUp();
    }
}
