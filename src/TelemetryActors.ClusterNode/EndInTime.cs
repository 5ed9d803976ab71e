using Akka;
using Akka.Actor;

namespace TelemetryActors.ClusterNode;

/// <summary>Bounds an end that the node has begun itself - its disk, a second cluster, the split brain resolver - as the host bounds the one that it begins.</summary>
internal static class EndInTime
{
    /// <summary>Watches from the moment on in which the system begins to shut down for a reason of its own.</summary>
    /// <param name="shutdown">The node's shutdown, which has not begun.</param>
    /// <param name="longest">How long the whole process may take from then on.</param>
    /// <param name="giveUp">Ends the process. Called on a thread of its own, which nothing else can hold.</param>
    public static void Watch(CoordinatedShutdown shutdown, TimeSpan longest, Action giveUp) =>
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "end-in-time", () =>
        {
            if (shutdown.ShutdownReason is not CoordinatedShutdown.ClrExitReason)
            {
                new Thread(() => GiveUpAfter(longest, giveUp)) { IsBackground = true, Name = "telemetry end" }.Start();
            }

            return Task.FromResult(Done.Instance);
        });

    // It ends with the process, and sooner than this when all goes well.
    private static void GiveUpAfter(TimeSpan longest, Action giveUp)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(longest);
        giveUp();
    }
}
