namespace TelemetryActors.Tests.Privacy;

/// <summary>Measures what code allocates once it is warm.</summary>
internal static class Allocation
{
    /// <summary>The least bytes of twenty calls: the runtime itself allocates now and then while it compiles anew.</summary>
    public static long Least(Action action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
