using System.Diagnostics;
using System.Runtime;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>The just-in-time compiler, which works in the background until everything that is called often is compiled well.</summary>
internal static class Compiler
{
    // Longer than the compiler waits for methods that are called for the first time before it compiles others once more.
    private const int CalmLooks = 4;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>Waits until nothing was compiled for a while: what is measured behind it is not how fast a program starts.</summary>
    public static async Task RestAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Look);
        for (var (calm, before) = (0, JitInfo.GetCompilationTime()); calm < CalmLooks && Stopwatch.GetElapsedTime(begun) < LongestWait;)
        {
            await timer.WaitForNextTickAsync();
            var now = JitInfo.GetCompilationTime();
            calm = now == before ? calm + 1 : 0;
            before = now;
        }
    }
}
