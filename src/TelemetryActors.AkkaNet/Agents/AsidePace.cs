namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Decides when lines that were set aside are tried again: after a minute, then after twice as long each time while they are refused.</summary>
/// <remarks><c>now</c> is of a clock that never jumps.</remarks>
/// <param name="longest">The longest wait; no shorter than the first.</param>
internal sealed class AsidePace(TimeSpan longest)
{
    /// <summary>The first wait.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    // Some may stand there from a process before.
    private TimeSpan? _due = First;
    private TimeSpan _wait = First;

    /// <summary>Some are set aside.</summary>
    public void SetAside(TimeSpan now) => _due ??= now + _wait;

    /// <summary>Whether it is time to try them.</summary>
    public bool IsDue(TimeSpan now) => now >= _due;

    /// <summary>They are tried; the next time comes later.</summary>
    public void Tried(TimeSpan now)
    {
        _wait = _wait * 2 < longest ? _wait * 2 : Longer(longest, First);
        _due = now + _wait;
    }

    /// <summary>There are none.</summary>
    public void FoundNone()
    {
        _due = null;
        _wait = First;
    }

    /// <summary>Some of them were taken: what is left need not wait for long, nor until a long wait that has begun is over.</summary>
    public void WereTaken(TimeSpan now)
    {
        _wait = First;
        _due = _due > now + First ? now + First : _due;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
