using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TelemetryActors.Ring;

/// <summary>The ring's lock: held for tens of nanoseconds, so waiting spins before it sleeps.</summary>
/// <remarks>
/// A lock that queues its waiters would hand itself from thread to thread through the kernel, at a hundred times the cost of what it guards.
/// Not re-entrant; not fair, but a wait ends in time either way. The word has a cache line of its own: who waits does not slow who works.
/// </remarks>
internal readonly unsafe struct RingLock(int* word)
{
    private const int LastTries = 2000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter(int milliseconds) => Interlocked.CompareExchange(ref *word, 1, 0) == 0 || TryEnterSlowly(milliseconds);

    public void Enter()
    {
        while (!TryEnter(int.MaxValue))
        {
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref *word, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryEnterSlowly(int milliseconds)
    {
        if (milliseconds == 0)
        {
            return false;
        }

        var started = Stopwatch.GetTimestamp();
        var spinner = default(SpinWait);
        while (true)
        {
            spinner.SpinOnce();
            if (Volatile.Read(ref *word) == 0 && Interlocked.CompareExchange(ref *word, 1, 0) == 0)
            {
                return true;
            }

            if (spinner.NextSpinWillYield && Stopwatch.GetElapsedTime(started).TotalMilliseconds >= milliseconds)
            {
                return TryEnterAtLast();
            }
        }
    }

    // Who had no processor while the time ran out has hardly tried: a lock that is only busy is had within microseconds.
    private bool TryEnterAtLast()
    {
        for (var turn = 0; turn < LastTries; turn++)
        {
            if (Volatile.Read(ref *word) == 0 && Interlocked.CompareExchange(ref *word, 1, 0) == 0)
            {
                return true;
            }

            Thread.SpinWait(1);
        }

        return false;
    }
}
