namespace TelemetryActors.Delivery;

/// <summary>A sink whose effects are named by their bounds, and that finds in its destination which bounds were used: a replay repeats them, so that it makes no doubles.</summary>
/// <remarks>
/// A replay that begins inside of a range begins where the range does; one that meets a range takes exactly its events into one batch; what lies
/// between two ranges goes in batches that end where the next range begins.
/// </remarks>
public interface IFindsBounds
{
    /// <summary>Another replay asks: the next call begins its search anew, also for a time that was asked about before. What a cancelled replay had found may be out of date.</summary>
    void BeginBounds()
    {
    }

    /// <summary>Finds the bounds of everything that holds events of a time.</summary>
    /// <param name="from">The time's beginning.</param>
    /// <param name="to">The time's end.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>The ranges by stream and position; they may overlap when batches of other bounds were delivered before.</returns>
    /// <exception cref="TimeoutException">There is more to ask than one call should take: the next call for the same time goes on where this one stopped.</exception>
    /// <exception cref="UnauthorizedAccessException">The destination forbids to be asked: the replay is refused, and the message says so.</exception>
    /// <exception cref="IOException">The destination cannot be asked now; the message names the cause in one line, without secrets.</exception>
    ValueTask<IReadOnlyList<EventRange>> FindBoundsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation);
}
