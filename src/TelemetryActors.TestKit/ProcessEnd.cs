using System.Diagnostics;

namespace TelemetryActors.TestKit;

/// <summary>Waits, within a bound, for the end of a process. Ends it and says what did not happen when that does not come.</summary>
public static class ProcessEnd
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <summary>Waits for it; real time, because a process has no other.</summary>
    /// <param name="process">A child of this process.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TimeoutException">It went on for two minutes; it and its children were killed.</exception>
    public static int WaitFor(Process process)
    {
        WaitForAny(process);
        return process.ExitCode;
    }

    /// <summary>Waits for the end of a process that need not be a child of this one.</summary>
    /// <param name="process">Any process that may be killed.</param>
    /// <exception cref="TimeoutException">It went on for two minutes; it and its children were killed.</exception>
    public static void WaitForAny(Process process)
    {
        if (!process.WaitForExit(Bound))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"Process {process.Id} did not end within {Bound.TotalSeconds} s");
        }

        // What it wrote to redirected streams has been read by now, too.
        process.WaitForExit();
    }
}
