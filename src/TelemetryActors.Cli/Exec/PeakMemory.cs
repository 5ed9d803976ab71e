namespace TelemetryActors.Cli.Exec;

/// <summary>The largest resident set of any one process of a command, as truthfully as it can be told.</summary>
/// <param name="Bytes">What it was, or the most that was seen of it when <paramref name="AtMostBytes"/> is set; null when nothing was seen.</param>
/// <param name="AtMostBytes">What it cannot have exceeded; null when <paramref name="Bytes"/> is what it was.</param>
internal readonly record struct PeakMemory(long? Bytes, long? AtMostBytes)
{
    // The kernel counts pages in batches for each processor, so that two of its answers differ by so much.
    private const long CountingErrorBytes = 1024 * 1024;

    // What is seen below this is a program that had not begun: the kernel was still making its first pages.
    private const long LeastOfAProgramBytes = 128 * 1024;

    /// <summary>Puts together what the system says at the end and what was seen before.</summary>
    /// <param name="systemSays">The system's count for the child and those it waited for. A process that is spawned begins with its parent's peak in it.</param>
    /// <param name="inherited">The parent's peak right after the spawn; null when nobody tells.</param>
    /// <param name="seen">The most that was seen while it lived; null when nothing was.</param>
    public static PeakMemory Of(long systemSays, long? inherited, long? seen) => systemSays > (inherited ?? 0) + CountingErrorBytes || seen >= systemSays
        ? new PeakMemory(Math.Max(systemSays, seen ?? 0), null)
        : new PeakMemory(seen >= LeastOfAProgramBytes ? seen : null, systemSays);
}
