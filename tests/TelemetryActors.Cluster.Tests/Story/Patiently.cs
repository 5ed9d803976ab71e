using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>Waits, within a bound, for what other processes do: a look every quarter of a second, so that they have the machine.</summary>
internal static class Patiently
{
    // Several processes start, find one another and give up the dead: half a minute of a machine that has nothing else to do.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    public static Task UntilAsync(Func<bool> holds, Func<string> saw, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        UntilAsync(() => Task.FromResult(holds()), saw, what);

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> saw, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Between);
        while (!await holds())
        {
            if (watch.Elapsed > Longest)
            {
                throw new XunitException($"{what} did not become true within {Longest.TotalSeconds} s; saw {saw()}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
