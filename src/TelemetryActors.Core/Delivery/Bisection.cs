namespace TelemetryActors.Delivery;

/// <summary>Halves a refused batch from left to right until the refused events stand alone.</summary>
/// <remarks>The ordinals on the stack are the ends of the parts that are still to be sent, the nearest on top.</remarks>
internal sealed class Bisection
{
    private readonly Stack<long> _ends = new();

    /// <summary>The lane whose batch is being halved; meaningful while parts are left.</summary>
    public LaneId Lane { get; private set; }

    /// <summary>Whether parts are left.</summary>
    public bool IsActive => _ends.Count > 0;

    /// <summary>Where the next part ends.</summary>
    public long NextEnd => _ends.Peek();

    /// <summary>Halves a batch of at least two events.</summary>
    public void Halve(EventRange range) => Cut(range, range.Count / 2);

    /// <summary>Makes two parts of a batch.</summary>
    /// <param name="range">The batch, of at least two events.</param>
    /// <param name="first">How many events the first part has.</param>
    public void Cut(EventRange range, int first)
    {
        if (!IsActive || _ends.Peek() != range.End.Ordinal)
        {
            _ends.Push(range.End.Ordinal);
        }

        Lane = range.Lane;
        _ends.Push(range.Start.Ordinal + first);
    }

    /// <summary>Everything up to an ordinal is settled or set aside.</summary>
    public void Pass(LaneId lane, long ordinal)
    {
        while (lane == Lane && _ends.TryPeek(out var end) && end <= ordinal)
        {
            _ends.Pop();
        }
    }

    /// <summary>Forgets what is left, because the cursor was moved.</summary>
    public void Clear() => _ends.Clear();
}
