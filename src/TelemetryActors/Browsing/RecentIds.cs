namespace TelemetryActors.Browsing;

/// <summary>The ids of the last events that were read, to pass over those that the log holds twice.</summary>
/// <remarks>A writer whose disk failed writes again what its ring still holds: no more events than the window.</remarks>
internal sealed class RecentIds
{
    public const int Window = 131_072;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Takes an id.</summary>
    /// <returns>False when it is among the last ones.</returns>
    public bool TryAdd(string? id)
    {
        if (id is null)
        {
            return true;
        }

        if (!_ids.Add(id))
        {
            return false;
        }

        _order.Enqueue(id);
        if (_order.Count > Window)
        {
            _ids.Remove(_order.Dequeue());
        }

        return true;
    }
}
