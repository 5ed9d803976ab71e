using System.Diagnostics;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>
/// Runs the same code before the clock, until the just-in-time compiler has had its time. Shorter ones measure the compiler: with 1.5 seconds the
/// product's callers still ran its counting code (methods are compiled three times) in one run of three, at a third of their speed.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    private const string Memory = "/dev/shm";

    /// <summary>
    /// Repeats a pass, each in an empty directory that is gone afterwards, and collects its garbage. In memory where there is some: gigabytes of warming up
    /// would be written back by the disk while it is measured.
    /// </summary>
    public static void Repeat(string directory, Action<string> pass)
    {
        var start = Stopwatch.GetTimestamp();
        var under = Directory.Exists(Memory) ? Path.Combine(Memory, $"telemetry-warm-up-{Environment.ProcessId}") : Path.Combine(directory, "warm-up");
        while (Stopwatch.GetElapsedTime(start) < Length)
        {
            var scratch = Directory.CreateDirectory(under);
            pass(scratch.FullName);
            scratch.Delete(recursive: true);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
