using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace TelemetryActors.TestKit;

/// <summary>Waits, within a bound, for what other threads do. Says what it saw when it does not come.</summary>
public static class Eventually
{
    // Then a look waits a millisecond: who is waited for gets the processor.
    private const int EagerLooks = 1000;

    // Where something is done between two looks it is mostly a clock that is moved, and that must not run minutes ahead of the threads that live by it.
    private const int EagerDeeds = 20;

    /// <summary>The bound unless another is given; real time, whatever the test's clock says.</summary>
    public static TimeSpan DefaultBound { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a value is as expected.</summary>
    /// <param name="expected">The value.</param>
    /// <param name="actual">Looks at it.</param>
    /// <param name="between">Done between two looks, for instance moving a clock.</param>
    /// <param name="what">The text of <paramref name="actual"/>.</param>
    public static void Equal<T>(T expected, Func<T> actual, Action? between = null, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        var seen = actual();
        var watch = Stopwatch.StartNew();
        var pause = default(SpinWait);
        while (!EqualityComparer<T>.Default.Equals(expected, seen))
        {
            if (watch.Elapsed > DefaultBound)
            {
                throw new XunitException($"{what} was to become {expected} within {DefaultBound.TotalSeconds} s; it is {seen}");
            }

            between?.Invoke();
            pause.SpinOnce(between is null ? EagerLooks : EagerDeeds);
            seen = actual();
        }
    }

    /// <summary>Waits until something holds.</summary>
    public static void True(Func<bool> holds, Func<object?>? saw = null, Action? between = null, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        var watch = Stopwatch.StartNew();
        var pause = default(SpinWait);
        while (!holds())
        {
            if (watch.Elapsed > DefaultBound)
            {
                throw new XunitException($"{what} did not become true within {DefaultBound.TotalSeconds} s; saw {saw?.Invoke() ?? "nothing more"}");
            }

            between?.Invoke();
            pause.SpinOnce(between is null ? EagerLooks : EagerDeeds);
        }
    }
}
