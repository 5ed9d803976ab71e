namespace TelemetryActors.Delivery;

/// <summary>What a lane's batch was divided into: a refused one is halved from left to right until the refused events stand alone.</summary>
/// <remarks>The ordinals on the stack are the ends of the parts that are still to be sent, the nearest on top.</remarks>
internal sealed class Bisection
{
    private readonly Stack<long> _ends = new();

    /// <summary>Whether parts are left.</summary>
    public bool IsActive => _ends.Count > 0;

    /// <summary>Makes two parts of a batch.</summary>
    /// <param name="range">The batch, of at least two events.</param>
    /// <param name="first">How many events the first part has.</param>
    public void Cut(EventRange range, int first)
    {
        if (!IsActive || _ends.Peek() != range.End.Ordinal)
        {
            _ends.Push(range.End.Ordinal);
        }

        _ends.Push(range.Start.Ordinal + first);
    }

    /// <summary>The most events of a batch that begins at an ordinal: what is left of a part.</summary>
    public int Limit(long from, int maxEvents) => IsActive ? (int)Math.Min(maxEvents, _ends.Peek() - from) : maxEvents;

    /// <summary>Everything up to an ordinal is settled or set aside.</summary>
    public void Pass(long ordinal)
    {
        while (_ends.TryPeek(out var end) && end <= ordinal)
        {
            _ends.Pop();
        }
    }

    /// <summary>Forgets what is left.</summary>
    public void Clear() => _ends.Clear();
}
